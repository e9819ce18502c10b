using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Abstractions.Policies;

/// <summary>
/// What a job or session may do: the platform's bounds and the tenant's policy taken together. It is kept with what was decided by
/// it, for everything that enforces a part of it later. A list that is null allows all.
/// </summary>
[GenerateSerializer, Immutable, Alias("sandbox.policy.permit")]
public sealed record EffectivePermit
{
    /// <summary>Name of the tenant's policy.</summary>
    [Id(0)]
    public string Policy { get; init; } = PolicyName.Default;

    /// <summary>Its version; <see cref="PolicyVersion.Platform"/> where the tenant has stored none and the platform's default applies.</summary>
    [Id(1)]
    public int Version { get; init; }

    /// <summary>Languages that code may be in.</summary>
    [Id(2)]
    public IReadOnlyList<string>? Languages { get; init; }

    /// <summary>Keys of the templates that may be used, which no tenant can choose for another's.</summary>
    [Id(3)]
    public IReadOnlyList<string>? Templates { get; init; }

    /// <summary>Isolation classes that may be used.</summary>
    [Id(4)]
    public IReadOnlyList<string>? Isolation { get; init; }

    /// <summary>The most of each limit.</summary>
    [Id(5)]
    public PolicyLimits Limits { get; init; } = new();

    /// <summary>The longest that a session may live from its creation or extension, in seconds; null for no bound.</summary>
    [Id(6)]
    public double? MaxTtlSeconds { get; init; }

    /// <summary>The longest that a session may be without work, in seconds; null for no bound.</summary>
    [Id(7)]
    public double? MaxIdleSeconds { get; init; }

    /// <summary>What may be connected to; nothing where empty.</summary>
    [Id(8)]
    public IReadOnlyList<EgressRule> Egress { get; init; } = [];

    /// <summary>Packages that may be installed.</summary>
    [Id(9)]
    public PolicyPackages Packages { get; init; } = new();

    /// <summary>Names of secrets that may be injected.</summary>
    [Id(10)]
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Whether services may be reached from outside.</summary>
    [Id(11)]
    public PolicyServices Services { get; init; } = new();

    /// <summary>Bytes of one upload, and of one job's or one step's artifacts together; null for no bound.</summary>
    [Id(12)]
    public long? MaxArtifactBytes { get; init; }

    /// <summary>The most sandboxes of the tenant at a time; null for no bound.</summary>
    [Id(13)]
    public int? Concurrency { get; init; }

    /// <summary>What Open Policy Agent is asked about something new; null for nothing.</summary>
    [Id(20)]
    public string? OpaPath { get; init; }

    /// <summary>Whether the policy was removed while something runs under it: nothing may begin any more.</summary>
    [Id(14)]
    public bool Withdrawn { get; init; }

    /// <summary>Whether artifacts and snapshots may hold values of secrets.</summary>
    [Id(15)]
    public bool SecretsInArtifacts { get; init; }

    /// <summary>The longest that a session, or what a service is inside, may live from its creation or extension, in seconds; null for no bound.</summary>
    public double? MaxSeconds(SessionSpec spec) =>
        spec.Service is not null && Services.MaxSeconds is { } most && !(MaxTtlSeconds < most) ? most : MaxTtlSeconds;
}
