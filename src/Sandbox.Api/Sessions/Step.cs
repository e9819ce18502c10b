using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Api.Artifacts;
using Sandbox.Api.Output;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>A step of a session as it stands.</summary>
public sealed record Step
{
    /// <summary>Id: the session's, a dot, and the number.</summary>
    public required string Id { get; init; }

    /// <summary>Number within the session, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>Context that it runs in.</summary>
    public required string Context { get; init; }

    /// <summary>Language; left out for a command.</summary>
    public string? Language { get; init; }

    /// <summary>State: queued, running, succeeded, failed, interrupted or timed_out.</summary>
    public required StepStatus Status { get; init; }

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
    public required bool StdoutTruncated { get; init; }

    /// <summary>Whether what stderr shows is not all.</summary>
    public required bool StderrTruncated { get; init; }

    /// <summary>What it showed, each an object of MIME types; binary content is base64. Left out in lists.</summary>
    public IReadOnlyList<JsonElement>? Results { get; init; }

    /// <summary>Index in results of the value of the last expression.</summary>
    public int? MainResult { get; init; }

    /// <summary>The error that ended it: name, value and traceback.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Error { get; init; }

    /// <summary>Streams that are too long to be shown here, whole: step-N.stdout.txt and step-N.stderr.txt.</summary>
    public required IReadOnlyList<Artifact> Artifacts { get; init; }

    /// <summary>Whether its kernel ended with it; the next step in this language and context starts a new one.</summary>
    public required bool KernelEnded { get; init; }

    /// <summary>Whether it began on a new kernel because the one before had ended: variables of earlier steps are gone.</summary>
    public required bool FreshKernel { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string AgentId { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When its code started.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTime? FinishedAt { get; init; }

    internal static Step From(StepView view) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{view.SessionId}.{view.Sequence}"),
        Sequence = view.Sequence,
        Context = view.Context,
        Language = view.Language,
        Status = view.Status,
        Cause = view.Cause,
        ExitCode = view.ExitCode,
        Signal = view.Signal,
        Stdout = view.Stdout,
        Stderr = view.Stderr,
        StdoutTruncated = view.StdoutTruncated,
        StderrTruncated = view.StderrTruncated,
        Results = view.Stdout is null ? null : [.. view.Results.Select(JsonValue.Parse)],
        MainResult = view.MainResult,
        Error = view.Error is { } error ? JsonValue.Parse(error) : default,
        Artifacts = [.. view.Artifacts.Select(Artifact.From)],
        KernelEnded = view.KernelEnded,
        FreshKernel = view.FreshKernel,
        AgentId = view.AgentId,
        CreatedAt = view.CreatedAt.UtcDateTime,
        StartedAt = view.StartedAt?.UtcDateTime,
        FinishedAt = view.FinishedAt?.UtcDateTime,
    };
}

/// <summary>A page of steps, in order.</summary>
public sealed record StepList
{
    /// <summary>The steps, without their output.</summary>
    public required IReadOnlyList<Step> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
