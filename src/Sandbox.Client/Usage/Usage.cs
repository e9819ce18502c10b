namespace Sandbox.Client;

/// <summary>A quota of a tenant, and what is used of it.</summary>
public sealed record QuotaUse
{
    /// <summary>How much there is in all.</summary>
    public decimal Limit { get; init; }

    /// <summary>How much of it is used at this moment.</summary>
    public decimal Used { get; init; }
}

/// <summary>What a tenant may use, and uses at this moment, over all of its agents.</summary>
public sealed record Usage
{
    /// <summary>The tenant.</summary>
    public string TenantId { get => field ?? string.Empty; init; }

    /// <summary>Requests a second in the long run; used is what is to flow back before the burst is whole again, of one second at most.</summary>
    public QuotaUse RequestsPerSecond { get => field ?? new(); init; }

    /// <summary>Requests that may come at once, to this process.</summary>
    public QuotaUse RequestBurst { get => field ?? new(); init; }

    /// <summary>Sandboxes of jobs that run and of sessions that are not paused to disk.</summary>
    public QuotaUse ConcurrentSandboxes { get => field ?? new(); init; }

    /// <summary>Processors of these sandboxes together, by their limits.</summary>
    public QuotaUse Cpu { get => field ?? new(); init; }

    /// <summary>Memory of these sandboxes together, by their limits, in bytes.</summary>
    public QuotaUse MemoryBytes { get => field ?? new(); init; }

    /// <summary>Jobs that wait for room.</summary>
    public QuotaUse QueuedJobs { get => field ?? new(); init; }

    /// <summary>Artifacts, snapshots and sessions paused to disk together, in bytes.</summary>
    public QuotaUse StorageBytes { get => field ?? new(); init; }
}
