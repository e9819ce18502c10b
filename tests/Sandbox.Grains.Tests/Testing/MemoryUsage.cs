using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>What tenants use, over <see cref="MemoryStates"/> and <see cref="MemoryArtifacts"/>.</summary>
internal sealed class MemoryUsage(MemoryStates states, MemoryArtifacts artifacts) : ITenantUsage
{
    /// <summary>What operators have set.</summary>
    public ConcurrentDictionary<string, QuotaOverrides> Overrides { get; } = new();

    public TenantStanding Read(string tenantId, IReadOnlyCollection<string> except) => new(
        states.UseOf(tenantId, except) with { StorageBytes = artifacts.BytesOf(tenantId) }, Overrides.GetValueOrDefault(tenantId));
}
