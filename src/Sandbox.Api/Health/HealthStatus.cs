namespace Sandbox.Api.Health;

/// <summary>Answer of the health routes.</summary>
public sealed record HealthStatus
{
    /// <summary>live or ready.</summary>
    public required string Status { get; init; }

    /// <summary>The checks that were made and how each stands; only for readiness.</summary>
    public IReadOnlyDictionary<string, string>? Checks { get; init; }
}
