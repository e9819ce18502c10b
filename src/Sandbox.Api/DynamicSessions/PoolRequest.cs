using Microsoft.AspNetCore.Http.Features;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions;

namespace Sandbox.Api.DynamicSessions;

/// <summary>A request to the pool: what its address asks for.</summary>
/// <param name="Parts">The parts of the path below the pool's, decoded. Empty ones are left out: .NET's client puts two slashes.</param>
/// <param name="Identifier">Whose session it is about; null where the address does not say.</param>
/// <param name="IsOld">Whether the client speaks the API version 2024-02-02-preview.</param>
/// <param name="Folder">Folder that files are in; null for the topmost.</param>
internal sealed record PoolRequest(IReadOnlyList<string> Parts, string? Identifier, bool IsOld, string? Folder)
{
    private const string OldVersion = "2024-02-02-preview";
    private const int LongestIdentifier = 512;

    /// <summary>Reads the address as it was sent: routing would not tell an encoded slash from a plain one. Null, with an error noted, where it is none.</summary>
    public static PoolRequest? Read(HttpContext context, RequestErrors errors)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        var path = target.Split('?', 2)[0];
        var begin = path.IndexOf(DynamicSessionEndpoints.Path, StringComparison.Ordinal);
        var parts = new List<string>();
        foreach (var part in path[Math.Min(path.Length, begin + DynamicSessionEndpoints.Path.Length)..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (FilePath.Decode(part) is { } decoded)
                parts.Add(decoded);
            else
                errors.Add("path", "Has a % without two hexadecimal digits, or bytes that are no UTF-8.");
        }

        var query = new RequestQuery(context.Request.Query, errors);
        var (identifier, folder) = (query.Single("identifier"), query.Single("path"));
        CheckIdentifier(identifier, errors);
        return errors.Any ? null : new PoolRequest(parts, identifier, query.Single("api-version") == OldVersion, folder);
    }

    /// <summary>Notes what is wrong with an identifier.</summary>
    public static void CheckIdentifier(string? identifier, RequestErrors errors)
    {
        if (identifier is { Length: 0 or > LongestIdentifier } || identifier?.Any(char.IsControl) == true)
            errors.Add("identifier", $"Has 1 to {LongestIdentifier} characters, none of them control characters.");
    }
}
