namespace Sandbox.Grains.Abstractions.Policies;

/// <summary>What a tenant permits its agents. A member left out is as the platform has it: no bound of the tenant's own.</summary>
[GenerateSerializer, Immutable, Alias("sandbox.policy.document")]
public sealed record PolicyDocument
{
    /// <summary>Languages that code may be in.</summary>
    [Id(0)]
    public IReadOnlyList<string>? Languages { get; init; }

    /// <summary>Templates that may be used, by the names that callers say: default, one of the tenant, or one that belongs to all.</summary>
    [Id(1)]
    public IReadOnlyList<string>? Templates { get; init; }

    /// <summary>Isolation classes that may be used: standard, strong.</summary>
    [Id(2)]
    public IReadOnlyList<string>? Isolation { get; init; }

    /// <summary>The most of each limit.</summary>
    [Id(3)]
    public PolicyLimits? Limits { get; init; }

    /// <summary>How long sessions may live.</summary>
    [Id(4)]
    public PolicyTtl? Ttl { get; init; }

    /// <summary>What sandboxes may connect to.</summary>
    [Id(5)]
    public PolicyEgress? Egress { get; init; }

    /// <summary>Packages that may be installed.</summary>
    [Id(6)]
    public PolicyPackages? Packages { get; init; }

    /// <summary>Names of secrets that may be injected.</summary>
    [Id(7)]
    public IReadOnlyList<string>? Secrets { get; init; }

    /// <summary>Whether services in sandboxes may be reached from outside.</summary>
    [Id(8)]
    public PolicyServices? Services { get; init; }

    /// <summary>What may be kept of the files.</summary>
    [Id(9)]
    public PolicyArtifacts? Artifacts { get; init; }

    /// <summary>The most sandboxes that the tenant's jobs and sessions may have at a time, jobs that wait included.</summary>
    [Id(10)]
    public int? Concurrency { get; init; }

    /// <summary>What the installation's Open Policy Agent is asked about every new job and session.</summary>
    [Id(20)]
    public PolicyOpa? Opa { get; init; }
}

/// <summary>What an Open Policy Agent is asked beside the other members.</summary>
[GenerateSerializer, Immutable, Alias("sandbox.policy.opa")]
public sealed record PolicyOpa
{
    /// <summary>Path of the decision below its data, such as <c>sandbox/admit</c>.</summary>
    [Id(0)]
    public string? Path { get; init; }
}

/// <summary>How long sessions may live.</summary>
[GenerateSerializer, Immutable, Alias("sandbox.policy.ttl")]
public sealed record PolicyTtl
{
    /// <summary>The longest that a session may live from its creation or extension, in seconds.</summary>
    [Id(0)]
    public double? MaxSeconds { get; init; }

    /// <summary>The longest that a session may be without work, in seconds.</summary>
    [Id(1)]
    public double? MaxIdleSeconds { get; init; }
}

/// <summary>What sandboxes may connect to.</summary>
[GenerateSerializer, Immutable, Alias("sandbox.policy.egress")]
public sealed record PolicyEgress
{
    /// <summary>Each opens something; what none opens is closed.</summary>
    [Id(0)]
    public IReadOnlyList<EgressRule> Allow { get; init; } = [];
}

/// <summary>Packages that may be installed, by ecosystem; none of one that is left out.</summary>
[GenerateSerializer, Immutable, Alias("sandbox.policy.packages")]
public sealed record PolicyPackages
{
    /// <summary>Python packages, as pip writes them: <c>numpy</c>, <c>pandas&gt;=2,&lt;3</c>.</summary>
    [Id(0)]
    public PackageAllowlist? Python { get; init; }

    /// <summary>Node packages, as npm writes them: <c>lodash</c>, <c>@scope/name@^1.2</c>.</summary>
    [Id(1)]
    public PackageAllowlist? Node { get; init; }

    /// <summary>One of <see cref="PackageDependencies"/>; <see cref="PackageDependencies.Listed"/> where null.</summary>
    [Id(2)]
    public string? Dependencies { get; init; }
}

/// <summary>Which packages an allowed one may bring along.</summary>
public static class PackageDependencies
{
    /// <summary>Only such as are on the list themselves.</summary>
    public const string Listed = "listed";

    /// <summary>Whatever an allowed package depends on.</summary>
    public const string OfAllowed = "of_allowed";
}

/// <summary>Packages that are allowed.</summary>
[GenerateSerializer, Immutable, Alias("sandbox.policy.package_allowlist")]
public sealed record PackageAllowlist
{
    /// <summary>Names, each with the range of its versions that is allowed; all of them where it has none.</summary>
    [Id(0)]
    public IReadOnlyList<string> Allow { get; init; } = [];
}

/// <summary>Whether ports in sandboxes may be reached from outside: those of services, and of sessions.</summary>
[GenerateSerializer, Immutable, Alias("sandbox.policy.services")]
public sealed record PolicyServices
{
    /// <summary>Whether any may; null for yes.</summary>
    [Id(0)]
    public bool? Allowed { get; init; }

    /// <summary>The ports that may be reached; all where left out.</summary>
    [Id(1)]
    public IReadOnlyList<int>? Ports { get; init; }

    /// <summary>The longest that a service may live, in seconds; where left out as long as a session.</summary>
    [Id(2)]
    public double? MaxSeconds { get; init; }

    /// <summary>The most services of the tenant at a time; any number where left out.</summary>
    [Id(3)]
    public int? MaxCount { get; init; }
}

/// <summary>What may be kept of the files.</summary>
[GenerateSerializer, Immutable, Alias("sandbox.policy.artifacts")]
public sealed record PolicyArtifacts
{
    /// <summary>Bytes of one upload, and of one job's or one step's artifacts together.</summary>
    [Id(0)]
    public long? MaxBytes { get; init; }

    /// <summary>Whether artifacts and snapshots may hold values of the secrets that were given to the sandbox; null for no.</summary>
    [Id(1)]
    public bool? AllowSecrets { get; init; }
}
