using Sandbox.Api.E2b.Routing;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Envd;

/// <summary>Files of a session as entries. What a link leads to is looked up, because an entry has the type and mode of that.</summary>
internal sealed class Entries(ISessionFiles files, LiveSandbox sandbox, CancellationToken cancellationToken)
{
    private const int MostLinks = 8;

    /// <summary>The entry of an absolute path.</summary>
    public async Task<Entry> Of(string absolute, SessionFile file)
    {
        var (target, path) = (file, absolute);
        for (var followed = 0; target is { Kind: "link", LinkTarget: { } link } && followed < MostLinks; followed++)
        {
            path = SandboxPaths.Absolute(link.StartsWith('/') ? link : $"{SandboxPaths.ParentOf(path)}/{link}");
            if ((await files.Stat(sandbox.Caller, sandbox.Session, SandboxPaths.ToSandbox(path), cancellationToken)).Value is not { } next)
                break;
            target = next;
        }

        return new Entry
        {
            Name = SandboxPaths.NameOf(absolute),
            Type = TypeOf(target.Kind),
            Path = absolute,
            Size = target.SizeBytes ?? 0,
            Mode = target.Mode & 0b111_111_111,
            Permissions = PermissionsOf(target),
            Owner = "user",
            Group = "user",
            ModifiedTime = file.ModifiedAt.UtcDateTime,
            SymlinkTarget = file.Kind == "link" ? path : null,
        };
    }

    private static string TypeOf(string kind) => kind switch
    {
        "file" => "FILE_TYPE_FILE",
        "directory" => "FILE_TYPE_DIRECTORY",
        "link" => "FILE_TYPE_SYMLINK",
        _ => "FILE_TYPE_UNSPECIFIED",
    };

    private static string PermissionsOf(SessionFile file)
    {
        const string All = "rwxrwxrwx";
        return (file.Kind == "directory" ? "d" : "-")
            + string.Concat(All.Select((letter, index) => (file.Mode >> (All.Length - 1 - index) & 1) == 1 ? letter : '-'));
    }
}
