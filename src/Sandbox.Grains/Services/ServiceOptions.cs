using System.ComponentModel.DataAnnotations;

namespace Sandbox.Grains.Services;

/// <summary>Bounds of services on this installation. Configuration section <c>Sandbox:Services</c>.</summary>
public sealed class ServiceOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Services";

    /// <summary>
    /// Bytes that a tenant may have carried to and from ports of its sandboxes in a second, in each process; more waits. A burst of as many
    /// passes at once.
    /// </summary>
    [Range(64L * 1024, 1L << 40)]
    public long BytesPerSecond { get; set; } = 1L << 30;

    /// <summary>Tokens that one service may have at a time.</summary>
    [Range(1, 1000)]
    public int MaxTokens { get; set; } = 32;

    /// <summary>How long the record of a service that is over is kept, with what its program printed.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);
}
