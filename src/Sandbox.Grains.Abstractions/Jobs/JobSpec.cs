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
/// <param name="Limits">Effective limits, complete.</param>
/// <param name="Artifacts">Globs, relative to the workspace, of files kept after the end.</param>
/// <param name="Metadata">Caller's labels, which lists can be filtered by.</param>
/// <param name="MaxAttempts">How often the job may be started; more than 1 allows at-least-once execution.</param>
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
    [property: Id(12)] int MaxAttempts);

/// <summary>A file placed in the workspace.</summary>
/// <param name="Path">Path relative to the workspace, without <c>..</c>.</param>
/// <param name="Content">The bytes.</param>
[GenerateSerializer, Immutable, Alias("sandbox.job.file")]
public sealed record JobFile([property: Id(0)] string Path, [property: Id(1)] byte[] Content);
