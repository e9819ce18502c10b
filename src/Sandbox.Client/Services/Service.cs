using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace Sandbox.Client;

/// <summary>A service as it stands.</summary>
public sealed record Service
{
    /// <summary>Id: svc_ and 26 characters.</summary>
    public required string Id { get; init; }

    /// <summary>State: starting, running, stopped or failed.</summary>
    public required string Status { get; init; }

    /// <summary>Why it is over: ttl, requested, policy, exited, unhealthy, start_failed, sandbox_lost or out_of_memory.</summary>
    public string? Cause { get; init; }

    /// <summary>Port on the sandbox's loopback at which it answers.</summary>
    public int Port { get; init; }

    /// <summary>Address at which it is reached, with the caller's credential or a token.</summary>
    public string ProxyUrl { get => field ?? string.Empty; init; }

    /// <summary>Address of its own, where the installation has a domain for services: the one for browsers.</summary>
    public string? HostUrl { get; init; }

    /// <summary>Its first token, once, in the answer that made it.</summary>
    public string? Token { get; init; }

    /// <summary>How it is looked at.</summary>
    public ServiceHealth Health { get => field ?? new(); init; }

    /// <summary>How often its program was started.</summary>
    public int Attempts { get; init; }

    /// <summary>How often its program may fail on end.</summary>
    public int MaxAttempts { get; init; }

    /// <summary>How the attempt before was over.</summary>
    public ServiceAttemptEnd? LastAttempt { get; init; }

    /// <summary>Language of its code; left out for a command.</summary>
    public string? Language { get; init; }

    /// <summary>Isolation class.</summary>
    public string Isolation { get => field ?? string.Empty; init; }

    /// <summary>Root file system; left out for the default one.</summary>
    public string? Template { get; init; }

    /// <summary>Limits in force.</summary>
    public ResourceLimits Limits { get => field ?? new(); init; }

    /// <summary>Node that holds its sandbox.</summary>
    public string Node { get => field ?? string.Empty; init; }

    /// <summary>Who made it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>What policy said.</summary>
    public PolicyDecision Decision { get => field ?? new(); init; }

    /// <summary>Labels of your own.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it answers.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>When its program is started again.</summary>
    public DateTimeOffset? RestartAt { get; init; }

    /// <summary>When its time to live is over.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether it has not answered yet.</summary>
    [JsonIgnore]
    public bool IsStarting => Status == ServiceStatus.Starting;

    /// <summary>Whether it answers.</summary>
    [JsonIgnore]
    public bool IsRunning => Status == ServiceStatus.Running;

    /// <summary>Whether it is over.</summary>
    [JsonIgnore]
    public bool HasEnded => !IsStarting && !IsRunning;

    /// <summary>Its id only: the token does not get into logs by chance.</summary>
    public override string ToString() => Id;
}

/// <summary>How it is found out whether a service answers.</summary>
public sealed record ServiceHealth
{
    /// <summary>Path that has to be answered with a status from 200 to 399; left out where it is enough that something listens.</summary>
    public string? Path { get; init; }

    /// <summary>Seconds between two looks.</summary>
    public double IntervalSeconds { get; init; }

    /// <summary>Seconds that one look may take.</summary>
    public double TimeoutSeconds { get; init; }

    /// <summary>Seconds within which it has to answer for the first time.</summary>
    public double StartSeconds { get; init; }
}

/// <summary>A token of a service: it opens the service, and nothing else.</summary>
public sealed record ServiceToken
{
    /// <summary>Id: tok_ and 26 characters. It opens nothing.</summary>
    public required string Id { get; init; }

    /// <summary>What its holder shows; once, in the answer that made it.</summary>
    public string? Token { get; init; }

    /// <summary>Who made it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it opens nothing; not later than the service's end.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Its id only: the token does not get into logs by chance.</summary>
    public override string ToString() => Id;
}
