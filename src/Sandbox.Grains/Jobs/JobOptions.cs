using System.ComponentModel.DataAnnotations;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Jobs;

/// <summary>Bounds of jobs on this installation. Configuration section <c>Sandbox:Jobs</c>.</summary>
public sealed class JobOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Jobs";

    /// <summary>Limits of a request that names none.</summary>
    public ResourceLimits Default { get; set; } = new(1, 512L << 20, 256L << 20, 128, 60, 1 << 20);

    /// <summary>The least that a request may ask for.</summary>
    public ResourceLimits Minimum { get; set; } = new(0.05, 32L << 20, 1L << 20, 4, 0.1, 1);

    /// <summary>The most that a request may ask for.</summary>
    public ResourceLimits Maximum { get; set; } = new(Environment.ProcessorCount, 8L << 30, 4L << 30, 4096, 3600, 16 << 20);

    /// <summary>Most files kept of one job.</summary>
    [Range(1, 10_000)]
    public int MaxArtifacts { get; set; } = 100;

    /// <summary>Most bytes kept of one job, over all of its files.</summary>
    [Range(1, long.MaxValue)]
    public long MaxArtifactBytes { get; set; } = 256L << 20;

    /// <summary>How long an ended job is kept, with its output and artifacts.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);
}
