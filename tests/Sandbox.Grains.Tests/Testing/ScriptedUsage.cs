using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>Tenants that use what the test says.</summary>
internal sealed class ScriptedUsage : ITenantUsage
{
    /// <summary>What is durable.</summary>
    public Dictionary<string, TenantUse> Durable { get; } = [];

    /// <summary>The shares of jobs and sessions that are among what is durable.</summary>
    public Dictionary<string, TenantShare> Shares { get; } = [];

    public Dictionary<string, QuotaOverrides> Overrides { get; } = [];

    /// <summary>After so many reads each fails.</summary>
    public int GoodReads { get; set; } = int.MaxValue;

    public TenantStanding Read(string tenantId, IReadOnlyCollection<string> except) => GoodReads-- <= 0 ? throw new IOException("The disk is gone.") : new(
        except.Distinct().Aggregate(Durable.GetValueOrDefault(tenantId), (use, id) => use.Minus(Shares.GetValueOrDefault(id))),
        Overrides.GetValueOrDefault(tenantId));
}
