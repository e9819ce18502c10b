using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Ports;

namespace Sandbox.Grains.Services;

/// <summary>Registers what services, and the ways to ports of sandboxes, work with.</summary>
internal static class ServicesRegistration
{
    /// <summary>Adds it. May be called more than once.</summary>
    public static IServiceCollection AddSandboxServices(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ServiceOptions>().Bind(configuration.GetSection(ServiceOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<PortRoutes>();
        services.TryAddSingleton<IPortRoutes>(provider => provider.GetRequiredService<PortRoutes>());
        services.TryAddSingleton<ServiceFiles>();
        services.TryAddSingleton<ServiceServices>();
        return services;
    }
}
