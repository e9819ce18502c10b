using Microsoft.Extensions.DependencyInjection.Extensions;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Ports;

/// <summary>The routes that lead to ports of sandboxes, by every method. The document of the interface says of them where they are.</summary>
internal static class PortEndpoints
{
    public static IServiceCollection AddPorts(this IServiceCollection services)
    {
        services.AddOptions<PortProxyOptions>().BindConfiguration(PortProxyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHttpForwarder();
        services.TryAddSingleton<PortClients>();
        services.TryAddSingleton<PortOwners>();
        services.TryAddSingleton<PortProxy>();
        return services;
    }

    public static void MapPorts(this IEndpointRouteBuilder routes)
    {
        foreach (var path in new[] { "/services/{id}/proxy", "/services/{id}/proxy/{**path}" })
            routes.MapPort(path, ApiAuthentication.Reach, isService: true);
        foreach (var path in new[] { "/sessions/{id}/ports/{port}/proxy", "/sessions/{id}/ports/{port}/proxy/{**path}" })
            routes.MapPort(path, ApiAuthentication.Use, isService: false);
    }

    private static void MapPort(this IEndpointRouteBuilder routes, string path, string policy, bool isService) => routes
        .Map(path, static (HttpContext context, PortProxy proxy) => proxy.Answer(context))
        .WithMetadata(new PortRouteKind(isService))
        .RequireAuthorization(policy)
        .ExcludeFromDescription();
}
