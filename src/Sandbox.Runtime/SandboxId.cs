using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Sandbox.Runtime;

/// <summary>
/// Identity of one sandbox, and its epoch: a sandbox is made for one owner and never reused, so whoever holds the id
/// can only reach the sandbox that was meant. <c>sbx_</c> and 20 characters of base 32.
/// </summary>
public readonly record struct SandboxId
{
    private const string Prefix = "sbx_";
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Characters = 20;

    private readonly string? _value;

    private SandboxId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static SandboxId New() => new(Prefix + RandomNumberGenerator.GetString(Alphabet, Characters));

    /// <summary>Reads an id; false when it cannot be one. Ids become file names: nothing else is let through.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SandboxId id)
    {
        id = default;
        if (text is null || text.Length != Prefix.Length + Characters || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text.AsSpan(Prefix.Length).ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        id = new SandboxId(text);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
