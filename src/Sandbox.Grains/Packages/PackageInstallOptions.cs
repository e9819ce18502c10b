using System.ComponentModel.DataAnnotations;

namespace Sandbox.Grains.Packages;

/// <summary>How packages are installed. Configuration section <c>Sandbox:Packages:Install</c>.</summary>
public sealed class PackageInstallOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Packages:Install";

    /// <summary>Longest time that installing the packages of one ecosystem may take, in seconds; of a job, its wall time bounds it too.</summary>
    [Range(1, 3600)]
    public int MaxSeconds { get; set; } = 300;
}
