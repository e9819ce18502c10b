using System.ComponentModel.DataAnnotations;

namespace Sandbox.Grains.Templates;

/// <summary>The sandbox in which packages are installed for a template. Configuration section <c>Sandbox:Templates:Build</c>.</summary>
public sealed class TemplateBuildOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Templates:Build";

    /// <summary>Processors.</summary>
    [Range(0.1, 256)]
    public double Cpu { get; set; } = 2;

    /// <summary>Memory, which the files count against too.</summary>
    [Range(128L << 20, 1L << 40)]
    public long MemoryBytes { get; set; } = 4L << 30;

    /// <summary>Bytes of the installed files, and of temporary ones.</summary>
    [Range(16L << 20, 1L << 40)]
    public long DiskBytes { get; set; } = 3L << 30;

    /// <summary>Longest time that all of it may take, in seconds.</summary>
    [Range(1, 86_400)]
    public int MaxSeconds { get; set; } = 1800;

    /// <summary>Processes and threads.</summary>
    [Range(16, 32768)]
    public int Processes { get; set; } = 1024;
}
