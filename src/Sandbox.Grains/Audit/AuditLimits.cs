using System.Globalization;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Audit;

/// <summary>The limits that were granted, as details of an event.</summary>
internal static class AuditLimits
{
    public static (string Name, string? Value)[] Of(ResourceLimits limits) =>
    [
        ("cpu", limits.Cpu.ToString(CultureInfo.InvariantCulture)),
        ("memoryBytes", limits.MemoryBytes.ToString(CultureInfo.InvariantCulture)),
        ("diskBytes", limits.DiskBytes.ToString(CultureInfo.InvariantCulture)),
        ("processes", limits.Processes.ToString(CultureInfo.InvariantCulture)),
        ("wallSeconds", limits.WallSeconds.ToString(CultureInfo.InvariantCulture)),
    ];
}
