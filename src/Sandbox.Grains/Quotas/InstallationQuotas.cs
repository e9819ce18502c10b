using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Quotas;

/// <summary>The quotas as the installation has them.</summary>
internal sealed class InstallationQuotas(IOptions<QuotaOptions> options) : ITenantQuotas
{
    public TenantQuotas Defaults { get; } = options.Value.ToQuotas();

    public int Processes => options.Value.Processes;
}
