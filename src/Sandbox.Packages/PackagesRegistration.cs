using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sandbox.Packages.Cache;
using Sandbox.Packages.Node;
using Sandbox.Packages.Python;
using Sandbox.Packages.Upstream;

namespace Sandbox.Packages;

/// <summary>Registers the package gateway.</summary>
public static class PackagesRegistration
{
    /// <summary>Adds <see cref="IPackageGateway"/>.</summary>
    public static IServiceCollection AddSandboxPackages(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PackageOptions>().Bind(configuration.GetSection(PackageOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PackageOptions>, PackageOptionsValidator>());
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<UpstreamClient>();
        services.TryAddSingleton<CacheFolder>();
        services.TryAddSingleton<CacheTrim>();
        services.TryAddSingleton<PackageDownloads>();
        services.TryAddSingleton<PythonIndex>();
        services.TryAddSingleton<NodeRegistry>();
        services.TryAddSingleton<NodeDependencies>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEcosystem, PythonPackages>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEcosystem, NodePackages>());
        services.TryAddSingleton<IPackageGateway, FilteringGateway>();
        return services;
    }
}
