namespace Sandbox.Grains.Abstractions.Policies;

/// <summary>One version of a policy, which never changes.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Name">Name of the policy.</param>
/// <param name="Version">Counts from 1, past removals too: no two documents of a name ever have the same.</param>
/// <param name="Document">What it permits; null where the policy was removed.</param>
/// <param name="AgentId">Who stored it.</param>
/// <param name="CreatedAt">When it was stored.</param>
[GenerateSerializer, Immutable, Alias("sandbox.policy.version")]
public sealed record PolicyVersion(
    [property: Id(0)] string TenantId,
    [property: Id(1)] string Name,
    [property: Id(2)] int Version,
    [property: Id(3)] PolicyDocument? Document,
    [property: Id(4)] string AgentId,
    [property: Id(5)] DateTimeOffset CreatedAt)
{
    /// <summary>Stands for the platform's default, which has no stored version.</summary>
    public const int Platform = 0;
}

/// <summary>What the present state of a policy has to be for a change of it.</summary>
/// <param name="Absent">There must be none.</param>
/// <param name="Present">There must be one.</param>
/// <param name="AnyOf">It must be one of these versions; null for no matter which.</param>
[GenerateSerializer, Immutable, Alias("sandbox.policy.condition")]
public sealed record PolicyCondition(
    [property: Id(0)] bool Absent = false, [property: Id(1)] bool Present = false, [property: Id(2)] IReadOnlyList<int>? AnyOf = null)
{
    /// <summary>Whether it holds.</summary>
    /// <param name="current">The present version; null where there is none.</param>
    public bool Holds(int? current)
    {
        if (current is not { } version)
            return !Present && AnyOf is null;
        return !Absent && AnyOf?.Contains(version) != false;
    }
}
