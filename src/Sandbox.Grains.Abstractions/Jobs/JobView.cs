using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Abstractions.Jobs;

/// <summary>A job as callers see it.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Status">State now.</param>
/// <param name="Cause">One of <see cref="JobCauses"/>; null while it runs and when it succeeded.</param>
/// <param name="ExitCode">Exit code of the program, where it exited.</param>
/// <param name="Signal">Name of the signal that killed it, such as <c>SIGSEGV</c>.</param>
/// <param name="Stdout">Standard output so far, UTF-8 with replacement; null in lists.</param>
/// <param name="Stderr">Standard error so far; null in lists.</param>
/// <param name="StdoutTruncated">True when output was cut at the limit.</param>
/// <param name="StderrTruncated">True when error output was cut at the limit.</param>
/// <param name="Result">JSON text of the value of the code's last expression, where it has one.</param>
/// <param name="Artifacts">Files kept.</param>
/// <param name="SkippedArtifacts">Files that matched a glob and were not kept, with the reason.</param>
/// <param name="Usage">Resources used by the last attempt.</param>
/// <param name="Decision">What policy said.</param>
/// <param name="Limits">Effective limits.</param>
/// <param name="Attempts">Starts so far.</param>
/// <param name="AgentId">Who submitted it.</param>
/// <param name="Metadata">Caller's labels.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="StartedAt">When the last attempt started.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Language">Language; null for a command.</param>
/// <param name="Isolation">Isolation class it runs under.</param>
/// <param name="Node">Node of the last attempt.</param>
/// <param name="Template">Root file system; null for the default one.</param>
[GenerateSerializer, Immutable, Alias("sandbox.job.view")]
public sealed record JobView(
    [property: Id(0)] string Id,
    [property: Id(1)] JobStatus Status,
    [property: Id(2)] string? Cause,
    [property: Id(3)] int? ExitCode,
    [property: Id(4)] string? Signal,
    [property: Id(5)] string? Stdout,
    [property: Id(6)] string? Stderr,
    [property: Id(7)] bool StdoutTruncated,
    [property: Id(8)] bool StderrTruncated,
    [property: Id(9)] string? Result,
    [property: Id(10)] IReadOnlyList<ArtifactInfo> Artifacts,
    [property: Id(11)] IReadOnlyList<SkippedArtifact> SkippedArtifacts,
    [property: Id(12)] JobUsage Usage,
    [property: Id(13)] PolicyDecision Decision,
    [property: Id(14)] ResourceLimits Limits,
    [property: Id(15)] int Attempts,
    [property: Id(16)] string AgentId,
    [property: Id(17)] IReadOnlyDictionary<string, string> Metadata,
    [property: Id(18)] DateTimeOffset CreatedAt,
    [property: Id(19)] DateTimeOffset? StartedAt,
    [property: Id(20)] DateTimeOffset? FinishedAt,
    [property: Id(21)] string? Language,
    [property: Id(22)] string Isolation,
    [property: Id(23)] string? Node,
    [property: Id(24)] string? Template = null);

/// <summary>Resources that an attempt used.</summary>
/// <param name="WallSeconds">Seconds from start to end.</param>
/// <param name="CpuSeconds">Processor seconds of all processes of the sandbox.</param>
/// <param name="PeakMemoryBytes">Largest memory use of the sandbox, by its cgroup.</param>
/// <param name="OutputBytes">Bytes of output produced, kept or not.</param>
[GenerateSerializer, Immutable, Alias("sandbox.job.usage")]
public sealed record JobUsage(
    [property: Id(0)] double WallSeconds,
    [property: Id(1)] double CpuSeconds,
    [property: Id(2)] long PeakMemoryBytes,
    [property: Id(3)] long OutputBytes);

/// <summary>A file that matched a glob and was not kept.</summary>
/// <param name="Name">Path relative to the workspace.</param>
/// <param name="Reason">Why not: too large, not a regular file, gone, unreadable.</param>
[GenerateSerializer, Immutable, Alias("sandbox.job.skipped")]
public sealed record SkippedArtifact([property: Id(0)] string Name, [property: Id(1)] string Reason);

/// <summary>Answer to a submission.</summary>
/// <param name="Job">The job, as it stands.</param>
/// <param name="Replayed">True when an earlier submission with the same idempotency key made it.</param>
[GenerateSerializer, Immutable, Alias("sandbox.job.submission")]
public sealed record JobSubmission([property: Id(0)] JobView Job, [property: Id(1)] bool Replayed);
