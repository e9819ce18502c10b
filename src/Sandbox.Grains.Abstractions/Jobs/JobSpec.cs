using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Abstractions.Jobs;

/// <summary>What a job shall run: the validated request, as the grain keeps it until the job has ended.</summary>
/// <param name="Language">Name of a registered language; null where <paramref name="Command"/> is given.</param>
/// <param name="Code">Source text for the language.</param>
/// <param name="Command">An argument vector to run instead of code.</param>
/// <param name="Args">Arguments that the code sees after its own name.</param>
/// <param name="Env">Environment variables added to the minimal one.</param>
/// <param name="Stdin">Standard input, as UTF-8; empty input where null.</param>
/// <param name="Files">Files placed in the workspace before the start.</param>
/// <param name="Template">Root file system; the default template where null.</param>
/// <param name="Isolation">One of <see cref="IsolationClasses"/>.</param>
/// <param name="Limits">Limits, complete.</param>
/// <param name="Artifacts">Globs, relative to the workspace, of files kept after the end.</param>
/// <param name="Metadata">Caller's labels, which lists can be filtered by.</param>
/// <param name="MaxAttempts">How often the job may be started; more than 1 allows at-least-once execution.</param>
/// <param name="LeftOut">Limits that the request does not name: policy may lower these.</param>
/// <param name="Policy">Name of the policy; null for the caller's.</param>
/// <param name="Packages">Packages to install before the start; null for none.</param>
/// <param name="Secrets">Names of secrets to inject; null for none.</param>
/// <param name="Workflow">Workflow whose step it is, and whose memory it may use; null for none. Never of a request.</param>
[GenerateSerializer, Immutable, Alias("sandbox.job.spec")]
public sealed record JobSpec(
    [property: Id(0)] string? Language,
    [property: Id(1)] string? Code,
    [property: Id(2)] IReadOnlyList<string>? Command,
    [property: Id(3)] IReadOnlyList<string> Args,
    [property: Id(4)] IReadOnlyDictionary<string, string> Env,
    [property: Id(5)] string? Stdin,
    [property: Id(6)] IReadOnlyList<JobFile> Files,
    [property: Id(7)] string? Template,
    [property: Id(8)] string Isolation,
    [property: Id(9)] ResourceLimits Limits,
    [property: Id(10)] IReadOnlyList<string> Artifacts,
    [property: Id(11)] IReadOnlyDictionary<string, string> Metadata,
    [property: Id(12)] int MaxAttempts,
    [property: Id(13)] LimitMembers LeftOut = LimitMembers.None,
    [property: Id(14)] string? Policy = null,
    [property: Id(15)] RequestedPackages? Packages = null,
    [property: Id(16)] IReadOnlyList<string>? Secrets = null,
    [property: Id(17)] string? Workflow = null);

/// <summary>A file placed in the workspace.</summary>
/// <param name="Path">Path relative to the workspace, without <c>..</c>.</param>
/// <param name="Content">The bytes; none where <paramref name="Artifact"/> has them.</param>
/// <param name="Artifact">Id of the tenant's artifact that it is a copy of; null where it is given as it is.</param>
[GenerateSerializer, Immutable, Alias("sandbox.job.file")]
public sealed record JobFile([property: Id(0)] string Path, [property: Id(1)] byte[] Content, [property: Id(2)] string? Artifact = null);
