using System.Text.Json.Serialization;

namespace Sandbox.Client;

/// <summary>A background command of a session as it stands.</summary>
public sealed record BackgroundCommand
{
    /// <summary>Id: the session's, a dot, and the number.</summary>
    public string Id { get => field ?? string.Empty; init; }

    /// <summary>Number within the session; steps and commands are numbered together.</summary>
    public long Number { get; init; }

    /// <summary>Argument vector.</summary>
    [JsonPropertyName("command")]
    public IReadOnlyList<string> Argv { get => field ?? []; init; }

    /// <summary>Working directory.</summary>
    public string Cwd { get => field ?? string.Empty; init; }

    /// <summary>Name of its terminal; left out where it has none.</summary>
    public string? Terminal { get; init; }

    /// <summary>Whether standard input was left open after its beginning.</summary>
    public bool KeepStdinOpen { get; init; }

    /// <summary>State: queued, running, succeeded, failed or timed_out.</summary>
    public required string Status { get; init; }

    /// <summary>Why it did not succeed, such as exit_code, signal, out_of_memory, timeout, start_failed, node_lost or session_ended.</summary>
    public string? Cause { get; init; }

    /// <summary>Exit code.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Signal that ended it, such as SIGTERM.</summary>
    public string? Signal { get; init; }

    /// <summary>Bytes of standard output so far; of one on a terminal, all that it wrote.</summary>
    public long StdoutBytes { get; init; }

    /// <summary>Bytes of standard error so far.</summary>
    public long StderrBytes { get; init; }

    /// <summary>Who asked for it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Whether it is over.</summary>
    [JsonIgnore]
    public bool HasEnded => Status is not (StepStatus.Queued or StepStatus.Running);
}

/// <summary>Standard input of a command after bytes were given to it.</summary>
public sealed record CommandInput
{
    /// <summary>Bytes so far, those that came with its start included: the offset of what comes next.</summary>
    public long Offset { get; init; }
}
