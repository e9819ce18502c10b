using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Api.Artifacts;
using Sandbox.Api.Output;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Templates;

namespace Sandbox.Api.Jobs;

/// <summary>A job as it stands.</summary>
public sealed record Job
{
    /// <summary>Id: job_ and 26 characters.</summary>
    public required string Id { get; init; }

    /// <summary>State: queued, running, succeeded, failed, cancelled or timed_out.</summary>
    public required JobStatus Status { get; init; }

    /// <summary>Why it did not succeed, such as exit_code, signal, out_of_memory, output_limit, disk_limit, node_lost or timeout.</summary>
    public string? Cause { get; init; }

    /// <summary>Exit code, where the program exited.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Signal that killed the program, such as SIGSEGV.</summary>
    public string? Signal { get; init; }

    /// <summary>Standard output so far, as UTF-8 with replacement characters; left out in lists.</summary>
    public string? Stdout { get; init; }

    /// <summary>Standard error so far; left out in lists.</summary>
    public string? Stderr { get; init; }

    /// <summary>Whether standard output was cut at the limit.</summary>
    public required bool StdoutTruncated { get; init; }

    /// <summary>Whether standard error was cut at the limit.</summary>
    public required bool StderrTruncated { get; init; }

    /// <summary>Value of the code's last expression, where it has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Result { get; init; }

    /// <summary>Files kept.</summary>
    public required IReadOnlyList<Artifact> Artifacts { get; init; }

    /// <summary>Files that matched a glob and were not kept, with the reason.</summary>
    public required IReadOnlyList<SkippedArtifact> SkippedArtifacts { get; init; }

    /// <summary>Resources used by the last attempt.</summary>
    public required JobUsage Usage { get; init; }

    /// <summary>What policy said.</summary>
    public required PolicyDecision Decision { get; init; }

    /// <summary>Limits in force.</summary>
    public required ResourceLimits Limits { get; init; }

    /// <summary>Starts so far.</summary>
    public required int Attempts { get; init; }

    /// <summary>Who submitted it.</summary>
    public required string AgentId { get; init; }

    /// <summary>Labels of the request.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When the last attempt started.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTime? FinishedAt { get; init; }

    /// <summary>Language; left out for a command.</summary>
    public string? Language { get; init; }

    /// <summary>Isolation class.</summary>
    public required string Isolation { get; init; }

    /// <summary>Root file system; left out for the default one.</summary>
    public string? Template { get; init; }

    /// <summary>Node of the last attempt.</summary>
    public string? Node { get; init; }

    internal static Job From(JobView view) => new()
    {
        Id = view.Id,
        Status = view.Status,
        Cause = view.Cause,
        ExitCode = view.ExitCode,
        Signal = view.Signal,
        Stdout = view.Stdout,
        Stderr = view.Stderr,
        StdoutTruncated = view.StdoutTruncated,
        StderrTruncated = view.StderrTruncated,
        Result = view.Result is { } result ? JsonValue.Parse(result) : default,
        Artifacts = [.. view.Artifacts.Select(Artifact.From)],
        SkippedArtifacts = view.SkippedArtifacts,
        Usage = view.Usage,
        Decision = view.Decision,
        Limits = view.Limits,
        Attempts = view.Attempts,
        AgentId = view.AgentId,
        Metadata = view.Metadata,
        CreatedAt = view.CreatedAt.UtcDateTime,
        StartedAt = view.StartedAt?.UtcDateTime,
        FinishedAt = view.FinishedAt?.UtcDateTime,
        Language = view.Language,
        Isolation = view.Isolation,
        Template = TemplateName.Of(view.Template),
        Node = view.Node,
    };
}

/// <summary>A page of jobs, newest first.</summary>
public sealed record JobList
{
    /// <summary>The jobs, without their output.</summary>
    public required IReadOnlyList<Job> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
