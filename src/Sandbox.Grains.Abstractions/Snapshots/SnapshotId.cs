using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Snapshots;

/// <summary>Identity of a snapshot and key of its grain: <c>snp_</c> and 26 characters of Crockford base 32 in lower case (130 bits).</summary>
public readonly record struct SnapshotId
{
    /// <summary>Type prefix of every snapshot id.</summary>
    public const string Prefix = "snp_";

    private readonly string? _value;

    private SnapshotId(string value) => _value = value;

    /// <summary>A random id.</summary>
    public static SnapshotId New() => new(IdText.New(Prefix));

    /// <summary>The id that an idempotency key stands for: equal keys of one tenant reach one grain, and so one snapshot.</summary>
    public static SnapshotId FromIdempotencyKey(string tenantId, string key) => new(IdText.FromIdempotencyKey(Prefix, tenantId, "snapshot", key));

    /// <summary>Reads an id as a client sends it; false when it cannot be one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SnapshotId id)
    {
        var valid = IdText.IsValid(Prefix, text);
        id = valid ? new SnapshotId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
