namespace Sandbox.Client;

/// <summary>What policy said.</summary>
public sealed record PolicyDecision
{
    /// <summary>Name of the policy.</summary>
    public string Policy { get => field ?? string.Empty; init; }

    /// <summary>Its version; 0 for the platform's default.</summary>
    public int Version { get; init; }

    /// <summary>Whether it permits the request.</summary>
    public bool Allowed { get; init; }

    /// <summary>The rule that does not.</summary>
    public string? Rule { get; init; }

    /// <summary>Why not.</summary>
    public string? Reason { get; init; }
}

/// <summary>The answer to a dry run.</summary>
public sealed record PolicyEvaluation
{
    /// <summary>What would be decided.</summary>
    public PolicyDecision Decision { get => field ?? new(); init; }

    /// <summary>Every member that is beyond what the policy permits.</summary>
    public IReadOnlyList<PolicyViolation> Violations { get => field ?? []; init; }
}

/// <summary>A member of a request that policy does not permit.</summary>
public sealed record PolicyViolation
{
    /// <summary>The rule.</summary>
    public string Rule { get => field ?? string.Empty; init; }

    /// <summary>The member, such as limits.memoryBytes.</summary>
    public string Field { get => field ?? string.Empty; init; }

    /// <summary>Why not.</summary>
    public string Reason { get => field ?? string.Empty; init; }
}
