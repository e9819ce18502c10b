using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Testing.Policies;

/// <summary>Policies in memory, as the contract says; counts what is read.</summary>
public sealed class MemoryPolicyStore : IPolicyStore
{
    private readonly Lock _lock = new();
    private readonly List<PolicyVersion> _versions = [];

    /// <summary>How often the last version of a policy was read.</summary>
    public int Reads { get; private set; }

    public Task<bool> Append(PolicyVersion version, AuditEvent what, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (version.Version != (Of(version.TenantId, version.Name).FirstOrDefault()?.Version ?? 0) + 1)
                return Task.FromResult(false);
            _versions.Add(version);
            return Task.FromResult(true);
        }
    }

    public Task<PolicyVersion?> Last(string tenantId, string name, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            Reads++;
            return Task.FromResult(Of(tenantId, name).FirstOrDefault());
        }
    }

    public Task<PolicyVersion?> Find(string tenantId, string name, int version, CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return Task.FromResult(Of(tenantId, name).FirstOrDefault(found => found.Version == version));
    }

    public Task<PolicyPage> List(string tenantId, string? after, int limit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return Task.FromResult(Page(limit, _versions
                .Where(version => version.TenantId == tenantId && string.CompareOrdinal(version.Name, after) > 0)
                .GroupBy(version => version.Name, StringComparer.Ordinal).OrderBy(versions => versions.Key, StringComparer.Ordinal)
                .Select(versions => versions.MaxBy(version => version.Version)!).Where(last => last.Document is not null)));
        }
    }

    public Task<PolicyPage> Versions(string tenantId, string name, int? before, int limit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return Task.FromResult(Page(limit, Of(tenantId, name).Where(version => before is null || version.Version < before)));
    }

    private static PolicyPage Page(int limit, IEnumerable<PolicyVersion> versions)
    {
        var found = versions.Take(limit + 1).ToList();
        return new PolicyPage([.. found.Take(limit)], found.Count > limit);
    }

    private IEnumerable<PolicyVersion> Of(string tenantId, string name) => _versions
        .Where(version => version.TenantId == tenantId && version.Name == name).OrderByDescending(version => version.Version);
}
