using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sandbox.Client;

/// <summary>A job as it stands.</summary>
public sealed record Job
{
    /// <summary>Id: job_ and 26 characters.</summary>
    public required string Id { get; init; }

    /// <summary>State: queued, running, succeeded, failed, cancelled or timed_out.</summary>
    public required string Status { get; init; }

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
    public bool StdoutTruncated { get; init; }

    /// <summary>Whether standard error was cut at the limit.</summary>
    public bool StderrTruncated { get; init; }

    /// <summary>Value of the code's last expression, where it has one.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Files kept.</summary>
    public IReadOnlyList<Artifact> Artifacts { get => field ?? []; init; }

    /// <summary>Files that matched a glob and were not kept, with the reason.</summary>
    public IReadOnlyList<SkippedArtifact> SkippedArtifacts { get => field ?? []; init; }

    /// <summary>Resources used by the last attempt.</summary>
    public JobUsage Usage { get => field ?? new(); init; }

    /// <summary>What policy said.</summary>
    public PolicyDecision Decision { get => field ?? new(); init; }

    /// <summary>Limits in force.</summary>
    public ResourceLimits Limits { get => field ?? new(); init; }

    /// <summary>Starts so far.</summary>
    public int Attempts { get; init; }

    /// <summary>Who submitted it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>Labels of the request.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last attempt started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Language; left out for a command.</summary>
    public string? Language { get; init; }

    /// <summary>Isolation class.</summary>
    public string Isolation { get => field ?? string.Empty; init; }

    /// <summary>Root file system; left out for the default one.</summary>
    public string? Template { get; init; }

    /// <summary>Node of the last attempt.</summary>
    public string? Node { get; init; }

    /// <summary>Whether it is over. A state that this library does not know is taken for an end.</summary>
    [JsonIgnore]
    public bool HasEnded => Status is not (JobStatus.Queued or JobStatus.Running);
}
