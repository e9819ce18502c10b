using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Artifacts;

/// <summary>Identity of an artifact: <c>art_</c> and 26 characters of Crockford base 32 in lower case (130 bits).</summary>
public readonly record struct ArtifactId
{
    /// <summary>Type prefix of every artifact id.</summary>
    public const string Prefix = "art_";

    private readonly string? _value;

    private ArtifactId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static ArtifactId New() => new(IdText.New(Prefix));

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ArtifactId id)
    {
        var valid = IdText.IsValid(Prefix, text);
        id = valid ? new ArtifactId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
