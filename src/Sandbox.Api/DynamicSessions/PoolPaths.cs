using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.DynamicSessions;

/// <summary>
/// Where clients of dynamic sessions find files: in a folder that is the workspace under another name. Names are relative to it, or begin
/// with it.
/// </summary>
internal static class PoolPaths
{
    /// <summary>What a name has to be, for a person.</summary>
    public const string Rule = "Must be a name relative to /mnt/data, or below it, without the parts \".\" and \"..\".";

    private const string Data = "/mnt/data";
    private const string Directory = "directory";

    /// <summary>The path in the workspace; null where it is none.</summary>
    public static string? ToSandbox(string? folder, string? name)
    {
        if (name is null)
            return null;
        var whole = name.StartsWith('/') ? name : $"{folder}/{name}";
        if (whole == Data || whole.StartsWith($"{Data}/", StringComparison.Ordinal))
            whole = whole[Data.Length..];
        else if (name.StartsWith('/'))
            return null;
        var parts = whole.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Any(static part => part is "." or "..") || whole.Contains('\0', StringComparison.Ordinal) ? null : string.Join('/', parts);
    }

    public static IResult Refuse(string field)
    {
        var errors = new RequestErrors();
        errors.Add(field, Rule);
        return ProblemResult.From(errors);
    }

    public static PooledFile New(SessionFile file) => new(
        NameOf(file), IsFolder(file) ? Directory : "file", IsFolder(file) ? null : "application/octet-stream", file.SizeBytes, file.ModifiedAt);

    public static OldFile Old(SessionFile file) => new(NameOf(file), file.SizeBytes ?? 0, file.ModifiedAt);

    private static bool IsFolder(SessionFile file) => file.Kind == Directory;

    private static string NameOf(SessionFile file) => file.Path[(file.Path.LastIndexOf('/') + 1)..];
}
