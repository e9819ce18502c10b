using Sandbox.Cli.Sessions;

namespace Sandbox.Cli.Snapshots;

internal sealed record SnapshotRequest(
    string? Name = null, bool? Memory = null, double? TtlSeconds = null, IReadOnlyDictionary<string, string>? Metadata = null);

internal sealed record ForkRequest(
    int? Count = null, bool? Memory = null, double? TtlSeconds = null, IReadOnlyDictionary<string, string>? Metadata = null);

internal sealed record Snapshot(
    string Id,
    string SessionId,
    string? Name = null,
    bool Memory = false,
    long SizeBytes = 0,
    long Skipped = 0,
    string? Language = null,
    string? Isolation = null,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? ExpiresAt = null);

internal sealed record SnapshotPage(IReadOnlyList<Snapshot> Items, string? NextCursor = null);

internal sealed record ForkList(IReadOnlyList<Session> Items, long? Skipped = null);
