using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Abstractions.Quotas;

/// <summary>What a tenant may use at a time, over all of its agents and in all processes together.</summary>
/// <param name="RequestsPerSecond">Requests a second that are answered, in the long run.</param>
/// <param name="RequestBurst">Requests that may come at once.</param>
/// <param name="ConcurrentSandboxes">Sandboxes: of jobs that run and of sessions that are not paused to disk.</param>
/// <param name="Cpu">Processors of these sandboxes together, by their limits.</param>
/// <param name="MemoryBytes">Memory of these sandboxes together, by their limits, in bytes.</param>
/// <param name="QueuedJobs">Jobs that wait for room.</param>
/// <param name="StorageBytes">Artifacts, snapshots and sessions paused to disk together, in bytes.</param>
public sealed record TenantQuotas(
    int RequestsPerSecond, int RequestBurst, int ConcurrentSandboxes, double Cpu, long MemoryBytes, int QueuedJobs, long StorageBytes)
{
    /// <summary>These quotas, but for what an operator has said of the tenant.</summary>
    public TenantQuotas With(QuotaOverrides? said) => said is null ? this : new TenantQuotas(
        said.RequestsPerSecond ?? RequestsPerSecond,
        said.RequestBurst ?? RequestBurst,
        said.ConcurrentSandboxes ?? ConcurrentSandboxes,
        said.Cpu ?? Cpu,
        said.MemoryBytes ?? MemoryBytes,
        said.QueuedJobs ?? QueuedJobs,
        said.StorageBytes ?? StorageBytes);

    /// <summary>The quota that a share goes beyond; null where it is within all of them.</summary>
    /// <param name="others">What the tenant uses without the share.</param>
    /// <param name="share">What is to be had.</param>
    public QuotaBreach? Refuse(TenantUse others, TenantShare share)
    {
        if (share.QueuedJobs > 0 && others.QueuedJobs + share.QueuedJobs > QueuedJobs)
            return new QuotaBreach(QuotaNames.QueuedJobs, QueuedJobs, others.QueuedJobs);
        if (share.Sandboxes == 0)
            return null;
        if (others.Sandboxes + share.Sandboxes > ConcurrentSandboxes)
            return new QuotaBreach(QuotaNames.ConcurrentSandboxes, ConcurrentSandboxes, others.Sandboxes);
        // What was accepted before the quota was lowered below it runs, when nothing else does: it would wait for ever.
        if (others.Sandboxes == 0)
            return null;
        if (others.CpuMillis + share.CpuMillis > Millis(Cpu))
            return new QuotaBreach(QuotaNames.Cpu, (decimal)Cpu, others.CpuMillis / 1000m);
        return others.MemoryBytes + share.MemoryBytes > MemoryBytes
            ? new QuotaBreach(QuotaNames.MemoryBytes, MemoryBytes, others.MemoryBytes)
            : null;
    }

    /// <summary>Why a sandbox of these limits can never be had; null where it can.</summary>
    public Refusal? RefuseEver(ResourceLimits limits)
    {
        if (limits.Cpu > Cpu)
            return new Refusal(RefusalCodes.CapacityExceeded, $"The tenant may use {Cpu} processors in all.", "limits.cpu");
        return limits.MemoryBytes > MemoryBytes
            ? new Refusal(RefusalCodes.CapacityExceeded, $"The tenant may use {MemoryBytes} bytes of memory in all.", "limits.memoryBytes")
            : null;
    }

    internal static long Millis(double cpu) => (long)Math.Round(cpu * 1000);
}

/// <summary>What an operator has set for a tenant; members that are null are as the installation has them.</summary>
public sealed record QuotaOverrides
{
    /// <inheritdoc cref="TenantQuotas.RequestsPerSecond"/>
    public int? RequestsPerSecond { get; init; }

    /// <inheritdoc cref="TenantQuotas.RequestBurst"/>
    public int? RequestBurst { get; init; }

    /// <inheritdoc cref="TenantQuotas.ConcurrentSandboxes"/>
    public int? ConcurrentSandboxes { get; init; }

    /// <inheritdoc cref="TenantQuotas.Cpu"/>
    public double? Cpu { get; init; }

    /// <inheritdoc cref="TenantQuotas.MemoryBytes"/>
    public long? MemoryBytes { get; init; }

    /// <inheritdoc cref="TenantQuotas.QueuedJobs"/>
    public int? QueuedJobs { get; init; }

    /// <inheritdoc cref="TenantQuotas.StorageBytes"/>
    public long? StorageBytes { get; init; }
}
