using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Sandbox.Grains.Abstractions.Artifacts;

/// <summary>Identity of an artifact: <c>art_</c> and 26 characters of Crockford base 32 in lower case (130 bits).</summary>
public readonly record struct ArtifactId
{
    /// <summary>Type prefix of every artifact id.</summary>
    public const string Prefix = "art_";

    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Characters = 26;

    private readonly string? _value;

    private ArtifactId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static ArtifactId New() => new(string.Concat(Prefix, RandomNumberGenerator.GetString(Alphabet, Characters)));

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ArtifactId id)
    {
        id = default;
        if (text is null || text.Length != Prefix.Length + Characters || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        if (text.AsSpan(Prefix.Length).ContainsAnyExcept(Alphabet))
            return false;
        id = new ArtifactId(text);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
