using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Audit;

/// <summary>Identity of an event of the audit record: <c>aud_</c> and 26 characters of Crockford base 32 in lower case (130 bits).</summary>
public readonly record struct AuditEventId
{
    /// <summary>Type prefix of every id of an event.</summary>
    public const string Prefix = "aud_";

    private readonly string? _value;

    private AuditEventId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static AuditEventId New() => new(IdText.New(Prefix));

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AuditEventId id)
    {
        var valid = IdText.IsValid(Prefix, text);
        id = valid ? new AuditEventId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
