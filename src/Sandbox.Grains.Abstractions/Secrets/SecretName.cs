namespace Sandbox.Grains.Abstractions.Secrets;

/// <summary>What a secret can be called: what a variable of an environment can.</summary>
public static class SecretName
{
    /// <summary>Longest name.</summary>
    public const int Longest = 128;

    /// <summary>What a name can be, for whoever chose another.</summary>
    public static readonly string Rule = $"Must be 1 to {Longest} characters of A-Z, a-z, 0-9 and _, not beginning with a digit.";

    // With these, a secret would take over how every program in the sandbox is found, loaded or connected.
    private static readonly string[] Reserved = ["PATH", "HOME", "IFS", "SHELL", "ENV", "BASH_ENV", "LD_PRELOAD", "LD_LIBRARY_PATH", "SANDBOX_PRELOAD"];

    /// <summary>Whether a secret may be called so.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= Longest
        && !char.IsAsciiDigit(name[0])
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_')
        && !Reserved.Contains(name, StringComparer.Ordinal);
}
