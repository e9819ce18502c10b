using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies.Rules;

/// <summary>No limit may be higher than allowed; it is refused, never lowered.</summary>
internal sealed class LimitsRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request)
    {
        var (most, asked) = (permit.Limits, request.Limits);
        // The workspace lies in memory, which policy may have lowered where a request names the workspace alone.
        var disk = most.MemoryBytes is { } memory && asked?.MemoryBytes == memory && !(most.DiskBytes < memory) ? memory : most.DiskBytes;
        return new[]
        {
            Above(asked?.Cpu, most.Cpu, "limits.cpu"),
            Above(asked?.MemoryBytes, most.MemoryBytes, "limits.memoryBytes"),
            Above(asked?.DiskBytes, disk, "limits.diskBytes"),
            Above(asked?.Processes, most.Processes, "limits.processes"),
            Above(asked?.WallSeconds, most.WallSeconds, "limits.wallSeconds"),
            Above(asked?.OutputBytes, most.OutputBytes, "limits.outputBytes"),
            Above(request.TimeoutSeconds, most.WallSeconds, "timeoutSeconds"),
        }.OfType<PolicyViolation>();
    }

    private static PolicyViolation? Above<T>(T? asked, T? most, string field)
        where T : struct, IComparable<T> =>
        asked is { } value && most is { } bound && value.CompareTo(bound) > 0
            ? new PolicyViolation("limits", field, FormattableString.Invariant($"Policy allows at most {bound}, not {value}."))
            : null;
}
