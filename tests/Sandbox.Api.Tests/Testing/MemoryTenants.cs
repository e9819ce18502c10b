using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>Tenants in memory: the default one and <c>acme</c>.</summary>
internal sealed class MemoryTenantStore(IAuditLog audit) : ITenantStore
{
    private readonly ConcurrentDictionary<string, TenantRecord> _tenants = new(StringComparer.Ordinal)
    {
        [WellKnownTenants.Default] = new(WellKnownTenants.Default, "default", DateTimeOffset.UnixEpoch),
        ["acme"] = new("acme", "Acme", DateTimeOffset.UnixEpoch),
    };

    public async Task<bool> Create(TenantRecord tenant, AuditEvent what, CancellationToken cancellationToken = default)
    {
        if (_tenants.ContainsKey(tenant.Id))
            return false;
        await audit.Append(what, cancellationToken);
        return _tenants.TryAdd(tenant.Id, tenant);
    }

    public async Task<bool> SetQuotas(string id, QuotaOverrides? quotas, AuditEvent what, CancellationToken cancellationToken = default)
    {
        if (!_tenants.TryGetValue(id, out var tenant))
            return false;
        await audit.Append(what, cancellationToken);
        _tenants[id] = tenant with { Quotas = quotas };
        return true;
    }

    public Task<TenantRecord?> Find(string id, CancellationToken cancellationToken = default) => Task.FromResult(_tenants.GetValueOrDefault(id));

    public Task<TenantPage> List(string? after, int limit, CancellationToken cancellationToken = default)
    {
        var rest = _tenants.Values.OrderBy(tenant => tenant.Id, StringComparer.Ordinal).Where(tenant => string.CompareOrdinal(tenant.Id, after) > 0).ToList();
        var page = rest.Take(limit).ToList();
        return Task.FromResult(new TenantPage(page, rest.Count > limit ? page[^1].Id : null));
    }
}

/// <summary>API keys in memory.</summary>
internal sealed class MemoryApiKeyStore(IAuditLog audit) : IApiKeyStore
{
    private readonly ConcurrentDictionary<string, ApiKeyRecord> _keys = new(StringComparer.Ordinal);

    /// <summary>All that is stored, as text.</summary>
    public string Everything => string.Join('\n', _keys.Select(static entry => $"{entry.Key} {entry.Value}"));

    public async Task Create(ApiKeyRecord key, ReadOnlyMemory<byte> hash, AuditEvent what, CancellationToken cancellationToken = default)
    {
        await audit.Append(what, cancellationToken);
        _keys[Convert.ToHexString(hash.Span)] = key;
    }

    public Task<IReadOnlyList<string>> PoliciesOf(string tenantId, string agentId, DateTimeOffset now, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ApiKeyRecord?> FindByHash(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken = default) =>
        Task.FromResult(_keys.GetValueOrDefault(Convert.ToHexString(hash.Span)));

    public Task<ApiKeyRecord?> Find(ApiKeyId id, CancellationToken cancellationToken = default) =>
        Task.FromResult(_keys.Values.FirstOrDefault(key => key.Id == id));

    public Task<ApiKeyPage> List(string tenantId, bool withOperators, ApiKeyCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var all = _keys.Values.Where(key => key.TenantId == tenantId && (withOperators || key.Role != Roles.Operator))
            .OrderByDescending(key => key.CreatedAt).ThenByDescending(key => key.Id.ToString(), StringComparer.Ordinal).ToList();
        var rest = all.Skip(cursor is null ? 0 : all.FindIndex(key => key.Id == cursor.Id) + 1).ToList();
        var page = rest.Take(limit).ToList();
        return Task.FromResult(new ApiKeyPage(page, rest.Count > limit ? new ApiKeyCursor(page[^1].CreatedAt, page[^1].Id) : null));
    }

    public async Task<bool> Delete(ApiKeyId id, AuditEvent what, CancellationToken cancellationToken = default)
    {
        if (_keys.FirstOrDefault(entry => entry.Value.Id == id) is not { Key: { } hash })
            return false;
        await audit.Append(what, cancellationToken);
        return _keys.TryRemove(hash, out _);
    }

    public Task Used(ApiKeyId id, DateTimeOffset at, CancellationToken cancellationToken = default)
    {
        foreach (var (hash, key) in _keys.Where(entry => entry.Value.Id == id))
            _keys[hash] = key with { LastUsedAt = at };
        return Task.CompletedTask;
    }
}
