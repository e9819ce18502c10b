namespace Sandbox.Runtime.Languages;

/// <summary>
/// A language: a kernel that the agent starts ahead of need and that runs the code it is given. Another language is
/// another entry of this kind and a kernel script; nothing else knows one language from another.
/// </summary>
public sealed class Language
{
    /// <summary>Program and arguments of the kernel, inside the sandbox.</summary>
    public required IReadOnlyList<string> Kernel { get; init; }

    /// <summary>Environment for the kernel beyond the minimal one.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Sandboxes kept ready at least, for isolation class standard.</summary>
    public int WarmStandard { get; init; } = 1;

    /// <summary>Sandboxes kept ready at least, for isolation class strong, where it is available.</summary>
    public int WarmStrong { get; init; }
}

/// <summary>The languages of this node. Configuration section <c>Sandbox:Languages</c> adds to the built-in ones or replaces them.</summary>
public sealed class LanguageOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Languages";

    /// <summary>Languages by name.</summary>
    public Dictionary<string, Language> Languages { get; } = new(StringComparer.Ordinal)
    {
        ["python"] = new() { Kernel = ["/usr/bin/python3", "-I", "-S", "/opt/sandbox/kernels/python.py"], WarmStandard = 4, WarmStrong = 1 },
        ["javascript"] = new() { Kernel = ["/usr/bin/node", "/opt/sandbox/kernels/javascript.js"] },
        ["bash"] = new() { Kernel = ["/bin/bash", "/opt/sandbox/kernels/bash.sh"] },
    };
}
