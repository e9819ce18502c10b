using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Abstractions.Quotas;

/// <summary>What one job or session takes of its tenant's quotas. In whole numbers, which add up exactly.</summary>
/// <param name="Sandboxes">Sandboxes that it has, or is about to have.</param>
/// <param name="QueuedJobs">1 for a job that waits.</param>
/// <param name="CpuMillis">Its processors, in thousandths.</param>
/// <param name="MemoryBytes">Its memory, in bytes.</param>
public readonly record struct TenantShare(int Sandboxes, int QueuedJobs, long CpuMillis, long MemoryBytes)
{
    /// <summary>Of a job that waits.</summary>
    public static TenantShare Queued { get; } = new(0, 1, 0, 0);

    /// <summary>Of whatever has a sandbox, by its limits.</summary>
    public static TenantShare Of(ResourceLimits limits) => new(1, 0, TenantQuotas.Millis(limits.Cpu), limits.MemoryBytes);
}

/// <summary>What a tenant uses at a moment, in all processes together.</summary>
/// <param name="Sandboxes">Sandboxes of jobs and sessions.</param>
/// <param name="QueuedJobs">Jobs that wait.</param>
/// <param name="CpuMillis">Processors of the sandboxes, in thousandths.</param>
/// <param name="MemoryBytes">Memory of the sandboxes, in bytes.</param>
/// <param name="StorageBytes">What is stored, in bytes.</param>
public readonly record struct TenantUse(int Sandboxes, int QueuedJobs, long CpuMillis, long MemoryBytes, long StorageBytes)
{
    /// <summary>Jobs that have not ended, and sessions with a sandbox.</summary>
    public int Open => Sandboxes + QueuedJobs;

    /// <summary>With one more share.</summary>
    public TenantUse Plus(TenantShare share) => this with
    {
        Sandboxes = Sandboxes + share.Sandboxes,
        QueuedJobs = QueuedJobs + share.QueuedJobs,
        CpuMillis = CpuMillis + share.CpuMillis,
        MemoryBytes = MemoryBytes + share.MemoryBytes,
    };

    /// <summary>Without a share that is part of it.</summary>
    public TenantUse Minus(TenantShare share) => this with
    {
        Sandboxes = Sandboxes - share.Sandboxes,
        QueuedJobs = QueuedJobs - share.QueuedJobs,
        CpuMillis = CpuMillis - share.CpuMillis,
        MemoryBytes = MemoryBytes - share.MemoryBytes,
    };
}

/// <summary>What a tenant uses, and what an operator has said that it may.</summary>
/// <param name="Use">What is durable, of every process.</param>
/// <param name="Overrides">What an operator has set; null for nothing.</param>
public readonly record struct TenantStanding(TenantUse Use, QuotaOverrides? Overrides);
