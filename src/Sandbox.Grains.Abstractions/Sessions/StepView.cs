using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>A step as callers see it.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Sequence">Number within the session, from 1.</param>
/// <param name="Context">Its context.</param>
/// <param name="Language">Language; null for a command.</param>
/// <param name="Status">State now.</param>
/// <param name="Cause">Why it did not succeed.</param>
/// <param name="ExitCode">Exit code, where there is one.</param>
/// <param name="Signal">Name of the signal that ended it.</param>
/// <param name="Stdout">Standard output so far, UTF-8 with replacement; null in lists.</param>
/// <param name="Stderr">Standard error so far; null in lists.</param>
/// <param name="StdoutTruncated">True when <paramref name="Stdout"/> is not all of it.</param>
/// <param name="StderrTruncated">True when <paramref name="Stderr"/> is not all of it.</param>
/// <param name="Results">JSON texts of what it showed, each an object of MIME types; in lists none.</param>
/// <param name="MainResult">Index in <paramref name="Results"/> of the value of the last expression; null where it has none.</param>
/// <param name="Error">JSON text <c>{"name","value","traceback"}</c> of the error that ended it.</param>
/// <param name="KernelEnded">Its kernel ended with it: the state of the language in this context is gone.</param>
/// <param name="FreshKernel">It began on a new kernel because the one before had ended.</param>
/// <param name="AgentId">Who asked for it.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When its code started.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Artifacts">Streams that are too long to be told here, whole.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.step")]
public sealed record StepView(
    [property: Id(0)] string SessionId,
    [property: Id(1)] long Sequence,
    [property: Id(2)] string Context,
    [property: Id(3)] string? Language,
    [property: Id(4)] StepStatus Status,
    [property: Id(5)] string? Cause,
    [property: Id(6)] int? ExitCode,
    [property: Id(7)] string? Signal,
    [property: Id(8)] string? Stdout,
    [property: Id(9)] string? Stderr,
    [property: Id(10)] bool StdoutTruncated,
    [property: Id(11)] bool StderrTruncated,
    [property: Id(12)] IReadOnlyList<string> Results,
    [property: Id(13)] int? MainResult,
    [property: Id(14)] string? Error,
    [property: Id(15)] bool KernelEnded,
    [property: Id(16)] bool FreshKernel,
    [property: Id(17)] string AgentId,
    [property: Id(18)] DateTimeOffset CreatedAt,
    [property: Id(19)] DateTimeOffset? StartedAt,
    [property: Id(20)] DateTimeOffset? FinishedAt,
    [property: Id(21)] IReadOnlyList<ArtifactInfo> Artifacts)
{
    /// <summary>Whether nothing more will happen to it.</summary>
    public bool Ended => Status > StepStatus.Running;
}

/// <summary>Answer to a step that was asked for.</summary>
/// <param name="Step">The step, as it stands.</param>
/// <param name="Replayed">True when an earlier request with the same idempotency key made it.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.step_submission")]
public sealed record StepSubmission([property: Id(0)] StepView Step, [property: Id(1)] bool Replayed);

/// <summary>A page of steps.</summary>
/// <param name="Items">In order of their number, without output.</param>
/// <param name="Next">Number of the last one of the page; null when no more follow.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.step_page")]
public sealed record StepPage([property: Id(0)] IReadOnlyList<StepView> Items, [property: Id(1)] long? Next);
