namespace Sandbox.Runtime.Languages;

/// <summary>The environment that programs inside start from: built from nothing, never inherited.</summary>
public static class SandboxEnvironment
{
    /// <summary>Where code runs and where its files are.</summary>
    public const string Workspace = "/workspace";

    private static readonly KeyValuePair<string, string>[] Minimal =
    [
        new("PATH", "/usr/local/bin:/usr/bin:/bin"),
        new("HOME", Workspace),
        new("USER", "user"),
        new("LOGNAME", "user"),
        new("SHELL", "/bin/bash"),
        new("LANG", "C.UTF-8"),
        new("TMPDIR", "/tmp"),
        new("TZ", "UTC"),
    ];

    /// <summary>The minimal environment with additions; an addition replaces.</summary>
    public static Dictionary<string, string> With(IReadOnlyDictionary<string, string> additions)
    {
        var environment = new Dictionary<string, string>(Minimal, StringComparer.Ordinal);
        foreach (var (name, value) in additions)
            environment[name] = value;
        return environment;
    }
}
