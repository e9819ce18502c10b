using System.ComponentModel.DataAnnotations;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Quotas;

/// <summary>What a tenant may use of whom no operator has said otherwise. Configuration section <c>Sandbox:Quotas</c>.</summary>
public sealed class QuotaOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Quotas";

    /// <summary>Requests a second that are answered, in the long run. Default 10,000: more than a node answers.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 10_000;

    /// <summary>Requests that may come at once. Default 20,000.</summary>
    [Range(1, 1_000_000)]
    public int RequestBurst { get; set; } = 20_000;

    /// <summary>Sandboxes of jobs that run and of sessions that are not paused to disk. Default 1000.</summary>
    [Range(0, 1_000_000)]
    public int ConcurrentSandboxes { get; set; } = 1000;

    /// <summary>Processors of these sandboxes together, by their limits. Default 1000.</summary>
    [Range(0.001, 1_000_000)]
    public double Cpu { get; set; } = 1000;

    /// <summary>Memory of these sandboxes together, by their limits, in bytes. Default 1 TiB.</summary>
    [Range(1L << 20, 1L << 50)]
    public long MemoryBytes { get; set; } = 1L << 40;

    /// <summary>Jobs that wait for room; beyond, a submission is refused with 429. Default 2000.</summary>
    [Range(0, 1_000_000)]
    public int QueuedJobs { get; set; } = 2000;

    /// <summary>Artifacts, snapshots and sessions paused to disk together, in bytes. Default 100 GiB.</summary>
    [Range(0, 1L << 60)]
    public long StorageBytes { get; set; } = 100L << 30;

    /// <summary>Processes that share the requests of a tenant; set by who starts several.</summary>
    [Range(1, 1024)]
    public int Processes { get; set; } = 1;

    internal TenantQuotas ToQuotas() => new(RequestsPerSecond, RequestBurst, ConcurrentSandboxes, Cpu, MemoryBytes, QueuedJobs, StorageBytes);
}
