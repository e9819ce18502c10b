using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Tenants;

/// <summary>Identity of an API key, which is not the key: <c>key_</c> and 26 characters of Crockford base 32 in lower case (130 bits).</summary>
public readonly record struct ApiKeyId
{
    /// <summary>Type prefix of every id of a key.</summary>
    public const string Prefix = "key_";

    private readonly string? _value;

    private ApiKeyId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static ApiKeyId New() => new(IdText.New(Prefix));

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ApiKeyId id)
    {
        var valid = IdText.IsValid(Prefix, text);
        id = valid ? new ApiKeyId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
