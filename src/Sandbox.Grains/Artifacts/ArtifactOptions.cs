using System.ComponentModel.DataAnnotations;

namespace Sandbox.Grains.Artifacts;

/// <summary>Bounds of uploads on this installation. Configuration section <c>Sandbox:Artifacts</c>.</summary>
public sealed class ArtifactOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Artifacts";

    /// <summary>Most bytes of one upload, whatever policy allows. Default 5 GiB; 1 byte to 1 TiB.</summary>
    [Range(1, 1L << 40)]
    public long MaxBytes { get; set; } = 5L << 30;

    /// <summary>
    /// Days after which an upload is removed; a request may ask for fewer, not for more. Default none: it is kept until somebody
    /// deletes it. More than 0 to 36500.
    /// </summary>
    [Range(0.0001, 36_500)]
    public double? RetentionDays { get; set; }
}
