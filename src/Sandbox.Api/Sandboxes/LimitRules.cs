using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Sandboxes;

/// <summary>Limits within the platform's bounds, completed from its defaults.</summary>
internal static class LimitRules
{
    public static ResourceLimits Complete(ResourceLimitsRequest? asked, IPlatform platform, ResourceLimits otherwise, RequestErrors errors)
    {
        var (least, most) = (platform.MinimumLimits, platform.MaximumLimits);
        var memory = Within(asked?.MemoryBytes, least.MemoryBytes, most.MemoryBytes, otherwise.MemoryBytes, "memoryBytes", errors);
        var disk = Within(asked?.DiskBytes, least.DiskBytes, most.DiskBytes, Math.Min(otherwise.DiskBytes, memory), "diskBytes", errors);
        if (disk > memory && !errors.Has("limits.diskBytes") && !errors.Has("limits.memoryBytes"))
            errors.Add("limits.diskBytes", $"The workspace lies in memory: at most memoryBytes, which is {memory}.");
        return new ResourceLimits(
            Within(asked?.Cpu, least.Cpu, most.Cpu, otherwise.Cpu, "cpu", errors),
            memory,
            disk,
            (int)Within(asked?.Processes, least.Processes, most.Processes, otherwise.Processes, "processes", errors),
            Within(asked?.WallSeconds, least.WallSeconds, most.WallSeconds, otherwise.WallSeconds, "wallSeconds", errors),
            Within(asked?.OutputBytes, least.OutputBytes, most.OutputBytes, otherwise.OutputBytes, "outputBytes", errors));
    }

    /// <summary>The limits that a request does not name.</summary>
    public static LimitMembers LeftOut(ResourceLimitsRequest? asked)
    {
        return Where(asked?.Cpu is null, LimitMembers.Cpu)
            | Where(asked?.MemoryBytes is null, LimitMembers.MemoryBytes)
            | Where(asked?.DiskBytes is null, LimitMembers.DiskBytes)
            | Where(asked?.Processes is null, LimitMembers.Processes)
            | Where(asked?.WallSeconds is null, LimitMembers.WallSeconds)
            | Where(asked?.OutputBytes is null, LimitMembers.OutputBytes);

        static LimitMembers Where(bool isLeftOut, LimitMembers member) => isLeftOut ? member : LimitMembers.None;
    }

    private static T Within<T>(T? asked, T least, T most, T otherwise, string name, RequestErrors errors)
        where T : struct, IComparable<T>, IFormattable
    {
        if (asked is not { } value)
            return otherwise;
        if (value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0)
            return value;
        errors.Add($"limits.{name}", string.Create(CultureInfo.InvariantCulture, $"Must be from {least} to {most}."));
        return otherwise;
    }
}
