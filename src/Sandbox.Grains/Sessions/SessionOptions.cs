using System.ComponentModel.DataAnnotations;

namespace Sandbox.Grains.Sessions;

/// <summary>Bounds of sessions on this installation. Configuration section <c>Sandbox:Sessions</c>.</summary>
public sealed class SessionOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Sessions";

    /// <summary>How long a session lives when its request does not say.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan DefaultTtl { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The longest that a session may live from its creation or extension.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan MaximumTtl { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Live sessions of this node; beyond, a creation is refused with 503.</summary>
    [Range(1, 100_000)]
    public int MaxPerNode { get; set; } = 1000;

    /// <summary>Contexts of one session.</summary>
    [Range(1, 256)]
    public int MaxContexts { get; set; } = 16;

    /// <summary>Steps of one session that may wait or run at one time.</summary>
    [Range(1, 10_000)]
    public int MaxOpenSteps { get; set; } = 100;

    /// <summary>
    /// Bytes of each output stream that are told with a step; a longer one is kept whole as an artifact, up to the step's own
    /// limit on output.
    /// </summary>
    [Range(1024, 16 << 20)]
    public int InlineOutputBytes { get; set; } = 1 << 20;

    /// <summary>Background commands of one session, terminals included, that may run at one time.</summary>
    [Range(1, 48)]
    public int MaxCommands { get; set; } = 32;

    /// <summary>
    /// Bytes of output that the background commands of one session may store in a second, together; one that prints more
    /// has to wait. A burst of as many passes at once.
    /// </summary>
    [Range(64L * 1024, 1L << 40)]
    public long CommandOutputBytesPerSecond { get; set; } = 16 << 20;

    /// <summary>Sandboxes that are made at one time for sessions that found none in the pool.</summary>
    [Range(1, 256)]
    public int StartParallelism { get; set; } = Math.Max(2, Environment.ProcessorCount * 2);

    /// <summary>How long the record of an ended session is kept, with its steps and their output.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);
}
