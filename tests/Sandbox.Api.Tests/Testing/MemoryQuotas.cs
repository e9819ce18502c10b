using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>Quotas of an installation, and tenants that use what the test says.</summary>
internal sealed class MemoryQuotas(ITenantStore tenants) : ITenantQuotas, ITenantUsage
{
    public TenantQuotas Defaults { get; } = new(1000, 2000, 100, 8, 1L << 40, 500, 1L << 40);

    public int Processes { get; set; } = 1;

    public TenantUse Use { get; set; }

    public TenantStanding Read(string tenantId, IReadOnlyCollection<string> except) => new(Use, tenants.Find(tenantId).Result?.Quotas);
}
