using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Quotas;

/// <summary>Registers what holds tenants to their quotas.</summary>
internal static class QuotasRegistration
{
    /// <summary>Adds quotas of tenants. May be called more than once.</summary>
    public static IServiceCollection AddTenantQuotas(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<QuotaOptions>().Bind(configuration.GetSection(QuotaOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<ITenantQuotas, InstallationQuotas>();
        services.TryAddSingleton<TenantShares>();
        services.TryAddSingleton<IStorageQuota, StorageQuota>();
        return services;
    }
}
