using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>What tenants use, over <see cref="MemoryStates"/> and <see cref="MemoryArtifacts"/>.</summary>
internal sealed class MemoryUsage(MemoryStates states, MemoryArtifacts artifacts) : ITenantUsage
{
    /// <summary>What operators have set.</summary>
    public ConcurrentDictionary<string, QuotaOverrides> Overrides { get; } = new();

    /// <summary>Shows nothing of what is used, as if others had written it a moment later.</summary>
    public bool Unseen { get; set; }

    public TenantStanding Read(string tenantId, IReadOnlyCollection<string> except) => new(
        Unseen ? default : states.UseOf(tenantId, except) with { StorageBytes = artifacts.BytesOf(tenantId) }, Overrides.GetValueOrDefault(tenantId));
}
