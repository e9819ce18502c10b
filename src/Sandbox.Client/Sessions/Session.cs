using System.Collections.ObjectModel;

namespace Sandbox.Client;

/// <summary>A session as it stands.</summary>
public sealed record Session
{
    /// <summary>Id: ses_ and 26 characters.</summary>
    public required string Id { get; init; }

    /// <summary>State: ready, busy or paused; in lists also expired, terminated or failed.</summary>
    public required string Status { get; init; }

    /// <summary>Why it ended: ttl, idle, requested, sandbox_lost or out_of_memory.</summary>
    public string? Cause { get; init; }

    /// <summary>Language of steps that name none.</summary>
    public string Language { get => field ?? string.Empty; init; }

    /// <summary>Isolation class.</summary>
    public string Isolation { get => field ?? string.Empty; init; }

    /// <summary>Root file system; left out for the default one.</summary>
    public string? Template { get; init; }

    /// <summary>Limits in force; wallSeconds and outputBytes are those of a step.</summary>
    public ResourceLimits Limits { get => field ?? new(); init; }

    /// <summary>Seconds without work until it ends or pauses; left out where there is no bound.</summary>
    public double? IdleSeconds { get; init; }

    /// <summary>Of a paused one, where it keeps its memory: memory or disk.</summary>
    public string? PausedTo { get; init; }

    /// <summary>Snapshot that it began with.</summary>
    public string? Snapshot { get; init; }

    /// <summary>What happens when it has been idle: end, pause or suspend.</summary>
    public string OnIdle { get => field ?? string.Empty; init; }

    /// <summary>Node that holds its sandbox.</summary>
    public string Node { get => field ?? string.Empty; init; }

    /// <summary>How many server processes have held it so far.</summary>
    public int Epoch { get; init; }

    /// <summary>Steps so far; left out in lists.</summary>
    public long? Steps { get; init; }

    /// <summary>Who made it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>What policy said.</summary>
    public PolicyDecision Decision { get => field ?? new(); init; }

    /// <summary>Labels of the request.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its time to live is over.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}
