namespace Sandbox.Grains.Abstractions.Sandboxes;

/// <summary>Members of <see cref="ResourceLimits"/>.</summary>
[Flags]
[GenerateSerializer, Alias("sandbox.limit_members")]
public enum LimitMembers
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary><see cref="ResourceLimits.Cpu"/>.</summary>
    Cpu = 1,

    /// <summary><see cref="ResourceLimits.MemoryBytes"/>.</summary>
    MemoryBytes = 2,

    /// <summary><see cref="ResourceLimits.DiskBytes"/>.</summary>
    DiskBytes = 4,

    /// <summary><see cref="ResourceLimits.Processes"/>.</summary>
    Processes = 8,

    /// <summary><see cref="ResourceLimits.WallSeconds"/>.</summary>
    WallSeconds = 16,

    /// <summary><see cref="ResourceLimits.OutputBytes"/>.</summary>
    OutputBytes = 32,
}
