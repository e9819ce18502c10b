using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>A snapshot that keeps what it was told.</summary>
internal sealed class ScriptedSnapshotGrain : Grain, ISnapshotGrain
{
    private SnapshotView? _view;
    private string? _tenant;
    private string? _fingerprint;

    private static Refusal NotFound => new(RefusalCodes.NotFound, "There is no such snapshot.");

    public Task<Reply<SnapshotCreation>> Create(Caller caller, SnapshotSpec spec, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (caller.TenantId != WellKnownTenants.Default)
            return Task.FromResult<Reply<SnapshotCreation>>(NotFound);
        if (spec.Memory)
            return Task.FromResult<Reply<SnapshotCreation>>(new Refusal(RefusalCodes.MemoryUnsupported, "No memory here.", "memory"));
        var replayed = _view is not null;
        if (replayed && fingerprint != _fingerprint)
            return Task.FromResult<Reply<SnapshotCreation>>(new Refusal(RefusalCodes.IdempotencyKeyReused, "Another request has this key."));
        (_tenant, _fingerprint) = (caller.TenantId, fingerprint);
        var created = DateTimeOffset.UnixEpoch.AddYears(50);
        _view ??= new SnapshotView(
            this.GetPrimaryKeyString(), spec.SessionId, spec.Name, spec.Memory, 5, 1, "bash", "standard", null, TestPlatform.Defaults with { Cpu = 3 },
            new Dictionary<string, string> { ["SECRET"] = "x" }, caller.AgentId, spec.Metadata, created,
            spec.TtlSeconds is { } ttl ? created.AddSeconds(ttl) : null);
        return Task.FromResult<Reply<SnapshotCreation>>(new SnapshotCreation(_view, replayed));
    }

    public Task<Reply<SnapshotView>> Get(Caller caller, CancellationToken cancellationToken = default) =>
        Task.FromResult<Reply<SnapshotView>>(_view is not null && caller.TenantId == _tenant ? _view : NotFound);

    public async Task<Reply<SnapshotView>> Delete(Caller caller, CancellationToken cancellationToken = default)
    {
        var reply = await Get(caller, cancellationToken);
        _view = null;
        return reply;
    }

    public Task Recover(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Expire(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}

/// <summary>Lists of snapshots in memory.</summary>
internal sealed class MemorySnapshotQueries : ISnapshotQueries
{
    /// <summary>Tenant and snapshot, in any order.</summary>
    public List<(string Tenant, SnapshotView View)> Snapshots { get; } = [];

    public static SnapshotView View(string sessionId, DateTimeOffset createdAt, params (string Key, string Value)[] labels) => new(
        SnapshotId.New().ToString(), sessionId, null, true, 1, 0, "python", IsolationClasses.Strong, null, TestPlatform.Defaults,
        new Dictionary<string, string>(), "agent", labels.ToDictionary(label => label.Key, label => label.Value), createdAt, null);

    public Task<SnapshotPage> List(string tenantId, SnapshotFilter filter, SnapshotCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var after = Snapshots
            .Where(entry => entry.Tenant == tenantId && (filter.SessionId is not { } session || entry.View.SessionId == session.ToString()))
            .Where(entry => filter.Metadata.All(label => entry.View.Metadata.TryGetValue(label.Key, out var value) && value == label.Value))
            .Select(entry => entry.View)
            .OrderByDescending(view => view.CreatedAt)
            .Where(view => cursor is null || view.CreatedAt < cursor.CreatedAt)
            .ToList();
        var page = after.Take(limit).ToList();
        SnapshotId.TryParse(page.LastOrDefault()?.Id, out var last);
        return Task.FromResult(new SnapshotPage(page, after.Count > limit ? new SnapshotCursor(page[^1].CreatedAt, last) : null));
    }

    public IAsyncEnumerable<SnapshotId> ListUnfinished(string node, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<SnapshotId>> ListExpired(DateTimeOffset expiredBefore, int limit, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();
}
