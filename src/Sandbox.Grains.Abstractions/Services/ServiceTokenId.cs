using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Services;

/// <summary>Identity of a token of a service: <c>tok_</c> and 26 characters of Crockford base 32 in lower case. It opens nothing.</summary>
public readonly record struct ServiceTokenId
{
    private const string Prefix = "tok_";

    private readonly string? _value;

    private ServiceTokenId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static ServiceTokenId New() => new(IdText.New(Prefix));

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ServiceTokenId id)
    {
        var valid = IdText.IsValid(Prefix, text);
        id = valid ? new ServiceTokenId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
