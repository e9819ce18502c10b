using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Api.Services;

/// <summary>A service as it stands.</summary>
public sealed record Service
{
    /// <summary>Id: svc_ and 26 characters.</summary>
    public required string Id { get; init; }

    /// <summary>State: starting, running, stopped or failed.</summary>
    public required ServiceStatus Status { get; init; }

    /// <summary>Why it is over: ttl, requested, policy, exited, unhealthy, start_failed, sandbox_lost or out_of_memory.</summary>
    public string? Cause { get; init; }

    /// <summary>Port on the sandbox's loopback at which it answers.</summary>
    public required int Port { get; init; }

    /// <summary>Address at which it is reached, with the caller's credential or a token.</summary>
    public required string ProxyUrl { get; init; }

    /// <summary>Address of its own, where the installation has a domain for services: the one for browsers.</summary>
    public string? HostUrl { get; init; }

    /// <summary>Its first token, once, in the answer that made it.</summary>
    public string? Token { get; init; }

    /// <summary>How it is looked at.</summary>
    public required ServiceHealthInfo Health { get; init; }

    /// <summary>How often its program was started.</summary>
    public required int Attempts { get; init; }

    /// <summary>How often its program may fail on end.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>How the attempt before was over.</summary>
    public ServiceAttemptEnd? LastAttempt { get; init; }

    /// <summary>Language of its code; left out for a command.</summary>
    public string? Language { get; init; }

    /// <summary>Isolation class.</summary>
    public required string Isolation { get; init; }

    /// <summary>Root file system; left out for the default one.</summary>
    public string? Template { get; init; }

    /// <summary>Limits in force.</summary>
    public required ResourceLimits Limits { get; init; }

    /// <summary>Node that holds its sandbox.</summary>
    public required string Node { get; init; }

    /// <summary>Who made it.</summary>
    public required string AgentId { get; init; }

    /// <summary>What policy said.</summary>
    public required PolicyDecision Decision { get; init; }

    /// <summary>Labels of your own.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>Since when it answers.</summary>
    public DateTime? ReadyAt { get; init; }

    /// <summary>When its program is started again.</summary>
    public DateTime? RestartAt { get; init; }

    /// <summary>When its time to live is over.</summary>
    public required DateTime ExpiresAt { get; init; }

    /// <summary>When it was over.</summary>
    public DateTime? EndedAt { get; init; }

    internal static Service From(ServiceView view, ServiceAddress address) => new()
    {
        Id = view.Id,
        Status = view.Status,
        Cause = view.Cause,
        Port = view.Port,
        ProxyUrl = address.ProxyUrlOf(view.Id),
        HostUrl = address.HostUrlOf(view.Id, view.Port),
        Health = ServiceHealthInfo.From(view.Health),
        Attempts = view.Attempts,
        MaxAttempts = view.MaxAttempts,
        LastAttempt = view.LastAttempt,
        Language = view.Language,
        Isolation = view.Isolation,
        Template = view.Template,
        Limits = view.Limits,
        Node = view.Node,
        AgentId = view.AgentId,
        Decision = view.Decision,
        Metadata = view.Metadata,
        CreatedAt = view.CreatedAt.UtcDateTime,
        ReadyAt = view.ReadyAt?.UtcDateTime,
        RestartAt = view.RestartAt?.UtcDateTime,
        ExpiresAt = view.ExpiresAt.UtcDateTime,
        EndedAt = view.EndedAt?.UtcDateTime,
    };
}

/// <summary>How it is found out whether a service answers.</summary>
public sealed record ServiceHealthInfo
{
    /// <summary>Path that has to be answered with a status from 200 to 399; left out where it is enough that something listens.</summary>
    public string? Path { get; init; }

    /// <summary>Seconds between two looks.</summary>
    public required double IntervalSeconds { get; init; }

    /// <summary>Seconds that one look may take.</summary>
    public required double TimeoutSeconds { get; init; }

    /// <summary>Seconds within which it has to answer for the first time.</summary>
    public required double StartSeconds { get; init; }

    internal static ServiceHealthInfo From(ServiceHealth health) => new()
    {
        Path = health.Path,
        IntervalSeconds = health.IntervalSeconds,
        TimeoutSeconds = health.TimeoutSeconds,
        StartSeconds = health.StartSeconds,
    };
}

/// <summary>A page of services.</summary>
public sealed record ServiceList
{
    /// <summary>Newest first.</summary>
    public required IReadOnlyList<Service> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last.</summary>
    public string? NextCursor { get; init; }
}
