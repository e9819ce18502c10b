using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Storage.Lists;

/// <summary>A query table and the table of its labels: the same shape for every kind of resource, so that one code serves all.</summary>
/// <param name="Name">The table.</param>
/// <param name="Labels">The table of labels.</param>
/// <param name="Key">Its column with the id of the resource.</param>
/// <param name="LastOpenStatus">Largest status of resources that have not ended: of these there are few.</param>
/// <param name="Expires">Whether it has the column <c>expires_at</c>.</param>
/// <param name="Shares">Whether it has the columns of a share of the tenant's quotas.</param>
internal sealed record IndexTable(string Name, string Labels, string Key, int LastOpenStatus, bool Expires, bool Shares)
{
    public static readonly IndexTable Jobs = new("jobs", "job_metadata", "job_id", (int)JobStatus.Running, Expires: false, Shares: true);

    public static readonly IndexTable Sessions = new("sessions", "session_metadata", "session_id", (int)SessionStatus.Paused, Expires: true, Shares: true);

    public static readonly IndexTable Services = new("services", "service_metadata", "service_id", (int)ServiceStatus.Running, Expires: true, Shares: true);

    public static readonly IndexTable Snapshots = new("snapshots", "snapshot_metadata", "snapshot_id", (int)SnapshotStatus.Unfinished, Expires: true, Shares: false);

    public static readonly IndexTable Workflows = new("workflows", "workflow_metadata", "workflow_id", (int)WorkflowStatus.Stopping, Expires: false, Shares: false);

    /// <summary>Open resources of a node after a place in the order of creation. Columns: created_at, id, sandbox_id.</summary>
    public string OpenText { get; } = $"""
        SELECT created_at, id, sandbox_id FROM {Name}
         WHERE node = ? AND status < {LastOpenStatus + 1} AND (created_at, id) > (?, ?)
         ORDER BY created_at, id LIMIT ?
        """;

    /// <summary>The newest open resources, of every node and tenant. Columns: id, tenant_id.</summary>
    public string LiveText { get; } = $"""
        SELECT id, tenant_id FROM {Name} WHERE status < {LastOpenStatus + 1} ORDER BY created_at DESC, id DESC LIMIT ?
        """;

    /// <summary>Resources that ended before a time.</summary>
    public string EndedText { get; } = $"""
        SELECT id FROM {Name} WHERE finished_at IS NOT NULL AND finished_at < ? ORDER BY finished_at, id LIMIT ?
        """;

    /// <summary>Open resources whose time was over before a time; only where there is the column for it.</summary>
    public string ExpiredText { get; } = $"""
        SELECT id FROM {Name} WHERE status < {LastOpenStatus + 1} AND expires_at < ? ORDER BY expires_at, id LIMIT ?
        """;

    /// <summary>Writes the row of a resource.</summary>
    public string UpsertText { get; } = Upsert(
        Name,
        [
            "state_id", "tenant_id", "status", "created_at", "finished_at", "node", "sandbox_id", "view",
            .. Expires ? ["expires_at"] : Array.Empty<string>(),
            .. Shares ? ["sandboxes", "queued_jobs", "cpu_millis", "memory_bytes"] : Array.Empty<string>(),
        ]);

    private static string Upsert(string name, string[] columns) => $"""
        INSERT INTO {name}(id, {string.Join(", ", columns)})
        VALUES(?{string.Concat(Enumerable.Repeat(", ?", columns.Length))})
        ON CONFLICT(id) DO UPDATE SET {string.Join(", ", columns.Select(column => $"{column} = excluded.{column}"))}
        """;
}

/// <summary>A row of an <see cref="IndexTable"/> but for its view.</summary>
internal sealed record IndexRow(
    IndexTable Table,
    string Id,
    string TenantId,
    int Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt,
    string Node,
    string? SandboxId,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset? ExpiresAt = null,
    TenantShare Share = default);
