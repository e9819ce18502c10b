using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Policies;

/// <summary>
/// What a request leaves out is the installation's default or the permit's bound, whichever is less. What it names is never
/// lowered: that is for the rules to refuse. Pure.
/// </summary>
internal static class LeftOutMembers
{
    /// <summary>Limits, complete.</summary>
    public static ResourceLimits Complete(ResourceLimits limits, LimitMembers leftOut, PolicyLimits most)
    {
        var memory = Lower(LimitMembers.MemoryBytes, limits.MemoryBytes, most.MemoryBytes);
        var disk = Lower(LimitMembers.DiskBytes, limits.DiskBytes, most.DiskBytes);
        return new ResourceLimits(
            Lower(LimitMembers.Cpu, limits.Cpu, most.Cpu),
            memory,
            // The workspace lies in memory.
            leftOut.HasFlag(LimitMembers.DiskBytes) ? Math.Min(disk, memory) : disk,
            Lower(LimitMembers.Processes, limits.Processes, most.Processes),
            Lower(LimitMembers.WallSeconds, limits.WallSeconds, most.WallSeconds),
            Lower(LimitMembers.OutputBytes, limits.OutputBytes, most.OutputBytes));

        T Lower<T>(LimitMembers member, T limit, T? bound)
            where T : struct, IComparable<T> =>
            leftOut.HasFlag(member) && bound is { } value && value.CompareTo(limit) < 0 ? value : limit;
    }

    /// <summary>A change of a session whose times are no more than what is permitted.</summary>
    public static SessionChange AtMost(SessionChange change, SessionSpec spec, EffectivePermit permit) => change with
    {
        TtlSeconds = permit.MaxSeconds(spec) < change.TtlSeconds ? permit.MaxSeconds(spec) : change.TtlSeconds,
        IdleSeconds = permit.MaxIdleSeconds < change.IdleSeconds ? permit.MaxIdleSeconds : change.IdleSeconds,
    };

    /// <summary>A session with limits and times, complete.</summary>
    public static SessionSpec Complete(SessionSpec spec, EffectivePermit permit) => spec with
    {
        Limits = Complete(spec.Limits, spec.LeftOut, permit.Limits),
        TtlSeconds = spec.TtlLeftOut && permit.MaxSeconds(spec) is { } most && most < spec.TtlSeconds ? most : spec.TtlSeconds,
        // Between two attempts a service does nothing, and is not idle.
        IdleSeconds = spec.IdleSeconds is { } idle
            ? spec.IdleLeftOut && permit.MaxIdleSeconds < idle ? permit.MaxIdleSeconds : idle
            : spec.Service is null ? permit.MaxIdleSeconds : null,
    };
}
