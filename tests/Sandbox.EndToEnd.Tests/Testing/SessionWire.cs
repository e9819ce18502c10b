using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>A session as the interface answers with it.</summary>
internal sealed record Session(
    string Id,
    string Status,
    string? Cause,
    string Language,
    string OnIdle,
    double? IdleSeconds,
    int Epoch,
    long? Steps,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? EndedAt);

internal sealed record SessionPage(IReadOnlyList<Session> Items, string? NextCursor);

/// <summary>A step as the interface answers with it.</summary>
internal sealed record Step(
    string Id,
    long Sequence,
    string Context,
    string? Language,
    string Status,
    string? Cause,
    int? ExitCode,
    string? Signal,
    string? Stdout,
    string? Stderr,
    bool StdoutTruncated,
    IReadOnlyList<Artifact> Artifacts,
    IReadOnlyList<JsonElement>? Results,
    int? MainResult,
    JsonElement Error,
    bool KernelEnded,
    bool FreshKernel,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt)
{
    public bool Ended => Status is not ("queued" or "running");

    /// <summary>The value of the last expression as text; null where there is none.</summary>
    public string? Value => MainResult is { } main ? Results![main].GetProperty("text/plain").GetString() : null;
}

internal sealed record StepPage(IReadOnlyList<Step> Items, string? NextCursor);

internal sealed record FileEntry(string Path, string Kind, long? SizeBytes, string Mode, string? LinkTarget);

internal sealed record FilePage(IReadOnlyList<FileEntry> Items, bool Incomplete, string? NextCursor);

internal sealed record WrittenFile(string Path, long SizeBytes, string Sha256);
