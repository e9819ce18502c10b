using Sandbox.Grains.Abstractions.Snapshots;

namespace Sandbox.Api.E2b.Sandboxes;

/// <summary>What E2B calls a template: the default one under E2B's names, one of the tenant's, or a snapshot.</summary>
internal static class SandboxTemplates
{
    private const string Base = "base";
    private const string CodeInterpreter = "code-interpreter-v1";
    private const string DefaultTag = ":default";

    /// <summary>The template and the snapshot that a name means; both null for the default template.</summary>
    public static (string? Template, string? Snapshot) Resolve(string name)
    {
        var bare = name.EndsWith(DefaultTag, StringComparison.Ordinal) ? name[..^DefaultTag.Length] : name;
        return bare switch
        {
            Base or CodeInterpreter => (null, null),
            _ when SnapshotId.TryParse(bare, out _) => (null, bare),
            _ => (bare, null),
        };
    }

    /// <summary>How the template of a session is called that this door has not made.</summary>
    public static string NameOf(string? template) => template ?? Base;
}
