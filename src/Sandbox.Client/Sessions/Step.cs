using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sandbox.Client;

/// <summary>A step of a session as it stands.</summary>
public sealed record Step
{
    /// <summary>Id: the session's, a dot, and the number.</summary>
    public string Id { get => field ?? string.Empty; init; }

    /// <summary>Number within the session, from 1.</summary>
    public long Sequence { get; init; }

    /// <summary>Context that it runs in.</summary>
    public string Context { get => field ?? string.Empty; init; }

    /// <summary>Language; left out for a command.</summary>
    public string? Language { get; init; }

    /// <summary>State: queued, running, succeeded, failed, interrupted or timed_out.</summary>
    public required string Status { get; init; }

    /// <summary>Why it did not succeed, such as exit_code, signal, out_of_memory, output_limit, timeout, node_lost or session_ended.</summary>
    public string? Cause { get; init; }

    /// <summary>Exit code; of code 0, or 1 after an error.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Signal that ended it, such as SIGSEGV.</summary>
    public string? Signal { get; init; }

    /// <summary>Standard output so far, as UTF-8 with replacement characters; left out in lists.</summary>
    public string? Stdout { get; init; }

    /// <summary>Standard error so far; left out in lists.</summary>
    public string? Stderr { get; init; }

    /// <summary>Whether what stdout shows is not all: the rest is in an artifact, or was cut at the limit.</summary>
    public bool StdoutTruncated { get; init; }

    /// <summary>Whether what stderr shows is not all.</summary>
    public bool StderrTruncated { get; init; }

    /// <summary>What it showed, each an object of MIME types; binary content is base64. Left out in lists.</summary>
    public IReadOnlyList<JsonElement>? Results { get; init; }

    /// <summary>Index in results of the value of the last expression.</summary>
    public int? MainResult { get; init; }

    /// <summary>The error that ended it: name, value and traceback.</summary>
    public JsonElement? Error { get; init; }

    /// <summary>Streams that are too long to be shown here, whole: step-N.stdout.txt and step-N.stderr.txt.</summary>
    public IReadOnlyList<Artifact> Artifacts { get => field ?? []; init; }

    /// <summary>Whether its kernel ended with it; the next step in this language and context starts a new one.</summary>
    public bool KernelEnded { get; init; }

    /// <summary>Whether it began on a new kernel because the one before had ended: variables of earlier steps are gone.</summary>
    public bool FreshKernel { get; init; }

    /// <summary>Who asked for it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its code started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Whether it is over.</summary>
    [JsonIgnore]
    public bool HasEnded => Status is not (StepStatus.Queued or StepStatus.Running);
}
