using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Snapshots;

/// <summary>
/// The state machine of a snapshot: unfinished, ready, unfinished again while it is removed. Immutable; what is stored for an
/// unfinished one is nobody's and goes with it.
/// </summary>
internal sealed record SnapshotState : ISnapshotIndexed, IAudited
{
    public string Id { get; init; } = string.Empty;

    public string TenantId { get; init; } = string.Empty;

    public string AgentId { get; init; } = string.Empty;

    /// <summary>Hash of the request, by which a repeated one is told from another one with the same key.</summary>
    public string Fingerprint { get; init; } = string.Empty;

    public SnapshotSpec Spec { get; init; } = new(string.Empty, null, false, null, FrozenDictionary<string, string>.Empty);

    /// <summary>The session that it is of.</summary>
    public SessionSpec Session { get; init; } = SessionState.NoSpec;

    public string Node { get; init; } = string.Empty;

    public SnapshotStatus Status { get; init; }

    /// <summary>The stored content; null until it is complete.</summary>
    public string? ArtifactId { get; init; }

    public long SizeBytes { get; init; }

    public long Skipped { get; init; }

    public IReadOnlyList<SavedKernel> Kernels { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What is recorded of the change that led here; set where it is written.</summary>
    [JsonIgnore]
    public IReadOnlyList<AuditEvent> Events { get; init; } = [];

    public bool Exists => Id.Length > 0;

    /// <summary>One that is to be made.</summary>
    public static SnapshotState Begin(
        SnapshotId id, string agentId, SnapshotSpec spec, string fingerprint, SessionSource source, DateTimeOffset now) => new()
    {
        Id = id.ToString(),
        TenantId = source.TenantId,
        AgentId = agentId,
        Fingerprint = fingerprint,
        Spec = spec,
        Session = source.Spec,
        Node = source.Node,
        Kernels = spec.Memory ? source.Kernels : [],
        CreatedAt = now,
        ExpiresAt = spec.TtlSeconds is { } ttl ? now + TimeSpan.FromSeconds(ttl) : null,
        Status = SnapshotStatus.Unfinished,
    };

    /// <summary>All of it is stored.</summary>
    public SnapshotState Complete(string artifactId, long sizeBytes, long skipped) => Status == SnapshotStatus.Unfinished && ArtifactId is null
        ? this with { Status = SnapshotStatus.Ready, ArtifactId = artifactId, SizeBytes = sizeBytes, Skipped = skipped }
        : throw new InvalidOperationException($"Snapshot {Id} is {Status} and cannot be completed.");

    /// <summary>It is to be removed.</summary>
    public SnapshotState Remove() => this with { Status = SnapshotStatus.Unfinished };

    /// <summary>Whether it is there for callers.</summary>
    public bool IsThere(DateTimeOffset now) => Exists && Status == SnapshotStatus.Ready && !(ExpiresAt <= now);

    public SnapshotRow ToRow() => new(
        SnapshotId.TryParse(Id, out var id) ? id : throw new InvalidOperationException("The state has no snapshot id."), TenantId, Status, Node, View());

    /// <summary>The form that callers see.</summary>
    public SnapshotView View() => new(
        Id,
        Spec.SessionId,
        Spec.Name,
        Spec.Memory,
        SizeBytes,
        Skipped,
        Session.Language,
        Session.Isolation,
        Session.Template,
        Session.Limits,
        Session.Env,
        AgentId,
        Spec.Metadata,
        CreatedAt,
        ExpiresAt);
}
