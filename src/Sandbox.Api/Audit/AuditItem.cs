using System.Text.Json;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Audit;

/// <summary>An event in its place in the tenant's chain.</summary>
public sealed record AuditItem
{
    /// <summary>From 1, without gaps within the tenant.</summary>
    public required long Sequence { get; init; }

    /// <summary>Hash of the event before it; zeros for the first.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>SHA-256 of the event and its place, lower-case hexadecimal.</summary>
    public required string Hash { get; init; }

    /// <summary>What happened: version, id, time, tenant, actor, action, resource, outcome and, where there are any, cause, decision, usage, traceId and details.</summary>
    public required JsonElement Event { get; init; }

    internal static AuditItem Of(AuditEntry entry)
    {
        using var body = JsonDocument.Parse(entry.Body);
        return new AuditItem { Sequence = entry.Sequence, PreviousHash = entry.PreviousHash, Hash = entry.Hash, Event = body.RootElement.Clone() };
    }
}

/// <summary>A page of events, newest first.</summary>
public sealed record AuditList
{
    /// <summary>The events.</summary>
    public required IReadOnlyList<AuditItem> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>What going through the tenant's chain has shown.</summary>
public sealed record AuditCheck
{
    /// <summary>Whether every event is as it was written.</summary>
    public required bool Valid { get; init; }

    /// <summary>How many events were found in order, from the first.</summary>
    public required long Events { get; init; }

    /// <summary>The end of the chain. Kept elsewhere, it shows whether the whole chain was made anew.</summary>
    public required AuditHeadItem Head { get; init; }

    /// <summary>The first sequence that is not as it was written; left out where all are.</summary>
    public long? BrokenAt { get; init; }

    /// <summary>What is wrong with it.</summary>
    public string? Reason { get; init; }

    internal static AuditCheck Of(AuditVerification found) => new()
    {
        Valid = found.Valid,
        Events = found.Events,
        Head = new AuditHeadItem { Sequence = found.HeadSequence, Hash = found.HeadHash },
        BrokenAt = found.BrokenAt,
        Reason = found.Reason,
    };
}

/// <summary>The end of a chain.</summary>
public sealed record AuditHeadItem
{
    /// <summary>Sequence of the last event; 0 where there is none.</summary>
    public required long Sequence { get; init; }

    /// <summary>Its hash.</summary>
    public required string Hash { get; init; }
}
