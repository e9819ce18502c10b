using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Webhooks;

/// <summary>Identity of a delivery: <c>dlv_</c> and 26 characters of Crockford base 32 in lower case (130 bits).</summary>
public readonly record struct DeliveryId
{
    /// <summary>Type prefix of every id of a delivery.</summary>
    public const string Prefix = "dlv_";

    private readonly string? _value;

    private DeliveryId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static DeliveryId New() => new(IdText.New(Prefix));

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DeliveryId id)
    {
        var valid = IdText.IsValid(Prefix, text);
        id = valid ? new DeliveryId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
