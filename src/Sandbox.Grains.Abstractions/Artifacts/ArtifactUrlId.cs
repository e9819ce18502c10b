using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Artifacts;

/// <summary>Identity of a signed URL: <c>url_</c> and 26 characters of Crockford base 32 in lower case (130 bits). It opens nothing without the signature.</summary>
public readonly record struct ArtifactUrlId
{
    /// <summary>Type prefix of every id of a signed URL.</summary>
    public const string Prefix = "url_";

    private readonly string? _value;

    private ArtifactUrlId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static ArtifactUrlId New() => new(IdText.New(Prefix));

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ArtifactUrlId id)
    {
        var valid = IdText.IsValid(Prefix, text);
        id = valid ? new ArtifactUrlId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
