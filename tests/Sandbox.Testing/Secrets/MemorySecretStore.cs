using System.Text;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Secrets;

namespace Sandbox.Testing.Secrets;

/// <summary>Secrets in memory, as the contract says.</summary>
public sealed class MemorySecretStore : ISecretStore
{
    private readonly Lock _lock = new();
    private readonly List<(SecretInfo Info, byte[]? Value)> _versions = [];
    private readonly List<AuditEvent> _events = [];

    /// <summary>What was recorded.</summary>
    public IReadOnlyList<AuditEvent> Events
    {
        get
        {
            lock (_lock)
                return [.. _events];
        }
    }

    /// <summary>Stores a text.</summary>
    public void Set(string tenant, string name, string value, string kind = SecretKinds.Environment)
    {
        lock (_lock)
            _versions.Insert(0, (Next(new SecretDraft(tenant, name, kind, "boss")), Encoding.UTF8.GetBytes(value)));
    }

    /// <summary>Removes a secret.</summary>
    public void Remove(string tenant, string name)
    {
        lock (_lock)
            _versions.RemoveAll(entry => entry.Info.TenantId == tenant && entry.Info.Name == name);
    }

    public Task<SecretInfo?> Put(SecretDraft draft, ReadOnlyMemory<byte> value, Func<SecretInfo, AuditEvent> what, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var info = Next(draft);
            _versions.Insert(0, (info, value.ToArray()));
            _events.Add(what(info));
            return Task.FromResult<SecretInfo?>(info);
        }
    }

    public Task<bool> Delete(string tenantId, string name, AuditEvent what, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var removed = _versions.RemoveAll(entry => entry.Info.TenantId == tenantId && entry.Info.Name == name) > 0;
            if (removed)
                _events.Add(what);
            return Task.FromResult(removed);
        }
    }

    public Task<SecretInfo?> Find(string tenantId, string name, CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return Task.FromResult(Of(tenantId, name).Select(entry => entry.Info).FirstOrDefault());
    }

    public Task<IReadOnlyList<SecretInfo>> List(string tenantId, string? after, int limit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<SecretInfo>>(
            [
                .. _versions.Select(entry => entry.Info).Where(info => info.TenantId == tenantId && string.CompareOrdinal(info.Name, after) > 0)
                    .DistinctBy(info => info.Name).OrderBy(info => info.Name, StringComparer.Ordinal).Take(limit),
            ]);
        }
    }

    public Task<IReadOnlyList<OpenSecret>> Open(string tenantId, IReadOnlyCollection<string> names, CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<OpenSecret>>([.. names.SelectMany(name => Of(tenantId, name)).Select(entry => new OpenSecret(entry.Info, entry.Value))]);
    }

    private IEnumerable<(SecretInfo Info, byte[]? Value)> Of(string tenant, string name) =>
        _versions.Where(entry => entry.Info.TenantId == tenant && entry.Info.Name == name);

    private SecretInfo Next(SecretDraft draft) => new(
        draft.TenantId, draft.Name, Of(draft.TenantId, draft.Name).Select(entry => entry.Info.Version).FirstOrDefault() + 1, draft.Kind, draft.AgentId, DateTimeOffset.UnixEpoch)
    {
        Hosts = draft.Hosts, HeaderName = draft.HeaderName, HeaderTemplate = draft.HeaderTemplate,
    };
}
