using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Templates;

namespace Sandbox.Api.Sessions;

/// <summary>A session as it stands.</summary>
public sealed record Session
{
    /// <summary>Id: ses_ and 26 characters.</summary>
    public required string Id { get; init; }

    /// <summary>State: ready, busy or paused; in lists also expired, terminated or failed.</summary>
    public required SessionStatus Status { get; init; }

    /// <summary>Why it ended: ttl, idle, requested, sandbox_lost or out_of_memory.</summary>
    public string? Cause { get; init; }

    /// <summary>Language of steps that name none.</summary>
    public required string Language { get; init; }

    /// <summary>Isolation class.</summary>
    public required string Isolation { get; init; }

    /// <summary>Root file system; left out for the default one.</summary>
    public string? Template { get; init; }

    /// <summary>Limits in force; wallSeconds and outputBytes are those of a step.</summary>
    public required ResourceLimits Limits { get; init; }

    /// <summary>Seconds without work until it ends or pauses; left out where there is no bound.</summary>
    public double? IdleSeconds { get; init; }

    /// <summary>Of a paused one, where it keeps its memory: memory or disk.</summary>
    public string? PausedTo { get; init; }

    /// <summary>Snapshot that it began with.</summary>
    public string? Snapshot { get; init; }

    /// <summary>What happens when it has been idle: end, pause or suspend.</summary>
    public required string OnIdle { get; init; }

    /// <summary>Node that holds its sandbox.</summary>
    public required string Node { get; init; }

    /// <summary>How many server processes have held it so far.</summary>
    public required int Epoch { get; init; }

    /// <summary>Steps so far; left out in lists.</summary>
    public long? Steps { get; init; }

    /// <summary>Who made it.</summary>
    public required string AgentId { get; init; }

    /// <summary>What policy said.</summary>
    public required PolicyDecision Decision { get; init; }

    /// <summary>Labels of the request.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When its time to live is over.</summary>
    public required DateTime ExpiresAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTime? EndedAt { get; init; }

    internal static Session From(SessionView view) => new()
    {
        Id = view.Id,
        Status = view.Status,
        Cause = view.Cause,
        Language = view.Language,
        Isolation = view.Isolation,
        Template = TemplateName.Of(view.Template),
        Limits = view.Limits,
        IdleSeconds = view.IdleSeconds,
        OnIdle = view.OnIdle,
        PausedTo = view.PausedTo,
        Snapshot = view.Snapshot,
        Node = view.Node,
        Epoch = view.Epoch,
        Steps = view.Steps,
        AgentId = view.AgentId,
        Decision = view.Decision,
        Metadata = view.Metadata,
        CreatedAt = view.CreatedAt.UtcDateTime,
        ExpiresAt = view.ExpiresAt.UtcDateTime,
        EndedAt = view.EndedAt?.UtcDateTime,
    };
}

/// <summary>A page of sessions, newest first.</summary>
public sealed record SessionList
{
    /// <summary>The sessions, ended ones included.</summary>
    public required IReadOnlyList<Session> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
