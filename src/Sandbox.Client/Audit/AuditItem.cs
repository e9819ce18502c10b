namespace Sandbox.Client;

/// <summary>An event in its place in the tenant's chain.</summary>
public sealed record AuditItem
{
    /// <summary>From 1, without gaps within the tenant.</summary>
    public long Sequence { get; init; }

    /// <summary>Hash of the event before it; zeros for the first.</summary>
    public string PreviousHash { get => field ?? string.Empty; init; }

    /// <summary>SHA-256 of the event and its place, lower-case hexadecimal.</summary>
    public string Hash { get => field ?? string.Empty; init; }

    /// <summary>What happened: version, id, time, tenant, actor, action, resource, outcome and, where there are any, cause, decision, usage, traceId and details.</summary>
    public AuditEvent Event { get => field ?? new(); init; }
}

/// <summary>What going through the tenant's chain has shown.</summary>
public sealed record AuditCheck
{
    /// <summary>Whether every event is as it was written.</summary>
    public bool Valid { get; init; }

    /// <summary>How many events were found in order, from the first.</summary>
    public long Events { get; init; }

    /// <summary>The end of the chain. Kept elsewhere, it shows whether the whole chain was made anew.</summary>
    public AuditHead Head { get => field ?? new(); init; }

    /// <summary>The first sequence that is not as it was written; left out where all are.</summary>
    public long? BrokenAt { get; init; }

    /// <summary>What is wrong with it.</summary>
    public string? Reason { get; init; }
}

/// <summary>The end of a chain.</summary>
public sealed record AuditHead
{
    /// <summary>Sequence of the last event; 0 where there is none.</summary>
    public long Sequence { get; init; }

    /// <summary>Its hash.</summary>
    public string Hash { get => field ?? string.Empty; init; }
}
