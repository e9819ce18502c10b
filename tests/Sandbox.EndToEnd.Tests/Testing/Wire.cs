using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>A job as the interface answers with it.</summary>
internal sealed record Job(
    string Id,
    string Status,
    string? Cause,
    int? ExitCode,
    string? Signal,
    string? Stdout,
    string? Stderr,
    bool StdoutTruncated,
    bool StderrTruncated,
    JsonElement Result,
    IReadOnlyList<Artifact> Artifacts,
    IReadOnlyList<Skipped> SkippedArtifacts,
    Usage Usage,
    int Attempts,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    string Isolation)
{
    public bool Ended => Status is not ("queued" or "running");
}

internal sealed record JobPage(IReadOnlyList<Job> Items, string? NextCursor);

internal sealed record Artifact(string Id, string Name, long SizeBytes, string Sha256, string DownloadUrl, string Owner);

internal sealed record Skipped(string Name, string Reason);

internal sealed record Usage(double WallSeconds, double CpuSeconds, long PeakMemoryBytes, long OutputBytes);

internal sealed record Problem(int Status, string Code, string? Detail, IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors, string? Rule = null, string? Reason = null);
