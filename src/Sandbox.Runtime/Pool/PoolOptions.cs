using System.ComponentModel.DataAnnotations;

namespace Sandbox.Runtime.Pool;

/// <summary>How many sandboxes are kept ready. Configuration section <c>Sandbox:Pool</c>.</summary>
public sealed class PoolOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Pool";

    /// <summary>False turns the pool off: every sandbox is made when it is asked for.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Most ready sandboxes per template, language and isolation class.</summary>
    [Range(0, 4096)]
    public int MaxPerKey { get; set; } = 32;

    /// <summary>Memory, in bytes, that ready sandboxes may use together.</summary>
    [Range(0, long.MaxValue)]
    public long MemoryBudgetBytes { get; set; } = 1L << 30;

    /// <summary>Memory, in bytes, that one ready sandbox is taken to use.</summary>
    [Range(1 << 20, 1 << 30)]
    public long IdleSandboxBytes { get; set; } = 20 << 20;

    /// <summary>Demand of how many seconds is kept ready, above the minimum.</summary>
    [Range(0.1, 60)]
    public double HorizonSeconds { get; set; } = 1;

    /// <summary>Sandboxes made at the same time in the background.</summary>
    [Range(1, 64)]
    public int RefillParallelism { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>A ready sandbox older than this is replaced; its agent ends it soon after by itself.</summary>
    [Range(60, 86400)]
    public int MaxIdleSeconds { get; set; } = 1800;

    /// <summary>How long after the last use of an imported template one sandbox of it is kept ready, per language and isolation class.</summary>
    [Range(0, 86400)]
    public int TemplateSeconds { get; set; } = 900;

    /// <summary>Limits that ready sandboxes are made with; a request with another disk or process limit cannot use them.</summary>
    public SandboxLimits Limits { get; set; } = new(1, 512L << 20, 256L << 20, 128);
}
