using System.ComponentModel.DataAnnotations;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows;

/// <summary>Bounds of workflows on this installation. Configuration section <c>Sandbox:Workflows</c>.</summary>
public sealed class WorkflowOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Workflows";

    /// <summary>Workflows of one tenant that have not ended.</summary>
    [Range(1, 100_000)]
    public int MaxOpen { get; set; } = 100;

    /// <summary>Steps of one workflow.</summary>
    [Range(1, 1000)]
    public int MaxSteps { get; set; } = 1000;

    /// <summary>Sessions that one workflow owns.</summary>
    [Range(0, 100)]
    public int MaxSessions { get; set; } = 20;

    /// <summary>The longest time that a workflow may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Bytes of one step's input with the values of earlier results in it.</summary>
    [Range(1024, 1L << 30)]
    public long MaxInputBytes { get; set; } = 8L << 20;

    /// <summary>Keys of one workflow's memory.</summary>
    [Range(1, 1_000_000)]
    public int MaxMemoryKeys { get; set; } = 1000;

    /// <summary>Bytes of one value in a workflow's memory.</summary>
    [Range(1, 64L << 20)]
    public long MaxMemoryValueBytes { get; set; } = 256L << 10;

    /// <summary>Bytes of all values in a workflow's memory.</summary>
    [Range(1, 16L << 30)]
    public long MaxMemoryBytes { get; set; } = 16L << 20;

    /// <summary>Requests that one sandbox may make of the memory in a second; programs that want more wait.</summary>
    [Range(1, 100_000)]
    public int MemoryRequestsPerSecond { get; set; } = 100;

    /// <summary>How long an ended workflow is kept, with its memory.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How much a workflow's memory may hold.</summary>
    public MemoryBounds MemoryBounds => new(MaxMemoryKeys, MaxMemoryValueBytes, MaxMemoryBytes);
}
