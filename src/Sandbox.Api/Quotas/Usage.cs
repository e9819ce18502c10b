using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Api.Quotas;

/// <summary>A quota of a tenant, and what is used of it.</summary>
public sealed record QuotaUse
{
    /// <summary>How much there is in all.</summary>
    public required decimal Limit { get; init; }

    /// <summary>How much of it is used at this moment.</summary>
    public required decimal Used { get; init; }
}

/// <summary>What a tenant may use, and uses at this moment, over all of its agents.</summary>
public sealed record Usage
{
    /// <summary>The tenant.</summary>
    public required string TenantId { get; init; }

    /// <summary>Requests a second in the long run; used is what is to flow back before the burst is whole again, of one second at most.</summary>
    public required QuotaUse RequestsPerSecond { get; init; }

    /// <summary>Requests that may come at once, to this process.</summary>
    public required QuotaUse RequestBurst { get; init; }

    /// <summary>Sandboxes of jobs that run and of sessions that are not paused to disk.</summary>
    public required QuotaUse ConcurrentSandboxes { get; init; }

    /// <summary>Processors of these sandboxes together, by their limits.</summary>
    public required QuotaUse Cpu { get; init; }

    /// <summary>Memory of these sandboxes together, by their limits, in bytes.</summary>
    public required QuotaUse MemoryBytes { get; init; }

    /// <summary>Jobs that wait for room.</summary>
    public required QuotaUse QueuedJobs { get; init; }

    /// <summary>Artifacts, snapshots and sessions paused to disk together, in bytes.</summary>
    public required QuotaUse StorageBytes { get; init; }

    internal static Usage Of(string tenant, TenantQuotas quotas, TenantUse use, RequestBucket bucket, BucketState requests)
    {
        var missing = bucket.Burst - requests.Remaining;
        return new Usage
        {
            TenantId = tenant,
            RequestsPerSecond = Of(quotas.RequestsPerSecond, Math.Min(missing, bucket.PerSecond)),
            RequestBurst = Of(bucket.Burst, missing),
            ConcurrentSandboxes = Of(quotas.ConcurrentSandboxes, use.Sandboxes),
            Cpu = Of((decimal)quotas.Cpu, use.CpuMillis / 1000m),
            MemoryBytes = Of(quotas.MemoryBytes, use.MemoryBytes),
            QueuedJobs = Of(quotas.QueuedJobs, use.QueuedJobs),
            StorageBytes = Of(quotas.StorageBytes, use.StorageBytes),
        };
    }

    private static QuotaUse Of(decimal limit, decimal used) => new() { Limit = limit, Used = used };
}

/// <summary>The quotas of a tenant.</summary>
public sealed record QuotaSettings
{
    /// <summary>The tenant.</summary>
    public required string TenantId { get; init; }

    /// <summary>What an operator has set for it; the other quotas are as the installation has them.</summary>
    public required QuotaOverrides Overrides { get; init; }

    /// <summary>What holds, all told.</summary>
    public required TenantQuotas Effective { get; init; }
}
