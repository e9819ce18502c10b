using System.ComponentModel.DataAnnotations;

namespace Sandbox.Grains.Admission;

/// <summary>What this node offers to jobs. Configuration section <c>Sandbox:Node</c>.</summary>
public sealed class NodeOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Node";

    /// <summary>Name of the node: the same after a restart, for it finds its sandboxes by it.</summary>
    [Required, RegularExpression("^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$")]
    public string Name { get; set; } = Environment.MachineName;

    /// <summary>Jobs that run at the same time.</summary>
    [Range(1, 4096)]
    public int Slots { get; set; } = Math.Max(8, Environment.ProcessorCount * 4);

    /// <summary>Memory that running jobs may be promised together, in bytes.</summary>
    [Range(64L << 20, long.MaxValue)]
    public long MemoryBytes { get; set; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10 * 8;

    /// <summary>Jobs that may wait on this node; beyond, a submission is refused with 503.</summary>
    [Range(0, 1_000_000)]
    public int QueueLength { get; set; } = 10_000;
}
