using System.Globalization;
using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>A background command of a session as it stands.</summary>
public sealed record Command
{
    /// <summary>Id: the session's, a dot, and the number.</summary>
    public required string Id { get; init; }

    /// <summary>Number within the session; steps and commands are numbered together.</summary>
    public required long Number { get; init; }

    /// <summary>Argument vector.</summary>
    [JsonPropertyName("command")]
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>Working directory.</summary>
    public required string Cwd { get; init; }

    /// <summary>Name of its terminal; left out where it has none.</summary>
    public string? Terminal { get; init; }

    /// <summary>Whether standard input was left open after its beginning.</summary>
    public required bool KeepStdinOpen { get; init; }

    /// <summary>State: queued, running, succeeded, failed or timed_out.</summary>
    public required StepStatus Status { get; init; }

    /// <summary>Why it did not succeed, such as exit_code, signal, out_of_memory, timeout, start_failed, node_lost or session_ended.</summary>
    public string? Cause { get; init; }

    /// <summary>Exit code.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Signal that ended it, such as SIGTERM.</summary>
    public string? Signal { get; init; }

    /// <summary>Bytes of standard output so far; of one on a terminal, all that it wrote.</summary>
    public required long StdoutBytes { get; init; }

    /// <summary>Bytes of standard error so far.</summary>
    public required long StderrBytes { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string AgentId { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When it started.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTime? FinishedAt { get; init; }

    internal static Command From(CommandView view) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{view.SessionId}.{view.Number}"),
        Number = view.Number,
        Argv = view.Command,
        Cwd = view.Cwd,
        Terminal = view.Terminal,
        KeepStdinOpen = view.KeepStdinOpen,
        Status = view.Status,
        Cause = view.Cause,
        ExitCode = view.ExitCode,
        Signal = view.Signal,
        StdoutBytes = view.StdoutBytes,
        StderrBytes = view.StderrBytes,
        AgentId = view.AgentId,
        CreatedAt = view.CreatedAt.UtcDateTime,
        StartedAt = view.StartedAt?.UtcDateTime,
        FinishedAt = view.FinishedAt?.UtcDateTime,
    };
}

/// <summary>A page of commands, in order.</summary>
public sealed record CommandList
{
    /// <summary>The commands.</summary>
    public required IReadOnlyList<Command> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>Standard input of a command after bytes were given to it.</summary>
public sealed record CommandStdin
{
    /// <summary>Bytes so far, those that came with its start included: the offset of what comes next.</summary>
    public required long Offset { get; init; }
}
