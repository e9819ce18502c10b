using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>A step as it is kept: small, with its output where that is short.</summary>
public sealed record StepRecord
{
    /// <summary>The session.</summary>
    public required string SessionId { get; init; }

    /// <summary>Number within the session, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>Its context.</summary>
    public required string Context { get; init; }

    /// <summary>The kernel that it ran on, by the agent's name; null for a command.</summary>
    public string? Kernel { get; init; }

    /// <summary>Language of the code; null for a command.</summary>
    public string? Language { get; init; }

    /// <summary>State.</summary>
    public required StepStatus Status { get; init; }

    /// <summary>Why it did not succeed.</summary>
    public string? Cause { get; init; }

    /// <summary>Exit code, where there is one.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Name of the signal that ended it.</summary>
    public string? Signal { get; init; }

    /// <summary>True when standard output was cut at the limit.</summary>
    public bool StdoutTruncated { get; init; }

    /// <summary>True when standard error was cut at the limit.</summary>
    public bool StderrTruncated { get; init; }

    /// <summary>Its kernel ended with it: the state of the language in this context is gone.</summary>
    public bool KernelEnded { get; init; }

    /// <summary>It began on a new kernel because the one before had ended.</summary>
    public bool FreshKernel { get; init; }

    /// <summary>Who asked for it.</summary>
    public string AgentId { get; init; } = string.Empty;

    /// <summary>Role of who asked for it; empty where only the agent in the sandbox knew of it.</summary>
    public string Role { get; init; } = string.Empty;

    /// <summary>Key of the request, by which a repeated one is known.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Hash of the request, with a key.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its code started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What it runs, until it has ended: a step that was acknowledged before it started starts after a crash.</summary>
    public StepSpec? Spec { get; init; }

    /// <summary>Set for a background command: it runs in no context, and its output is in the store, the end of it where it is long.</summary>
    public BackgroundCommand? Background { get; init; }

    /// <summary>Output that is not in the output store: the end of it, or all of it when it is short.</summary>
    public IReadOnlyList<OutputEvent> Tail { get; init; } = [];

    /// <summary>Streams that are too long to be told with the step, whole.</summary>
    public IReadOnlyList<ArtifactInfo> Artifacts { get; init; } = [];

    /// <summary>Whether the output store holds the output before the tail.</summary>
    public bool OutputStored { get; init; }

    /// <summary>Whether nothing more will happen to it.</summary>
    [JsonIgnore]
    public bool Ended => Status > StepStatus.Running;
}
