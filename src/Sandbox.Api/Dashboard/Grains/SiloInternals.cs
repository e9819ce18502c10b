using Microsoft.Extensions.Options;
using Orleans.Dashboard;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Dashboard.Grains;

/// <summary>
/// The framework's own dashboard, of calls and silos, for who runs the installation. Its view of a grain's state is left out: it
/// would wake the grain, and knows nothing of what must not be shown.
/// </summary>
internal static class SiloInternals
{
    public const string Path = "/orleans";

    private const string StateView = "GrainState";

    // It sets styles within its pages; scripts it brings as files.
    private const string PagePolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    public static void MapSiloInternals(this IEndpointRouteBuilder dashboard)
    {
        // There where the silo has it: a server may be without one.
        if (!dashboard.ServiceProvider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(IConfigureOptions<DashboardOptions>)))
            return;
        IEndpointConventionBuilder pages = dashboard.MapGroup(Path).RequireAuthorization(ApiAuthentication.Operate).MapOrleansDashboard();
        pages.Add(Change);
    }

    private static void Change(EndpointBuilder endpoint)
    {
        var answer = endpoint.RequestDelegate!;
        var isLeftOut = endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } text } && text.Contains(StateView, StringComparison.OrdinalIgnoreCase);
        endpoint.RequestDelegate = context =>
        {
            context.Response.Headers.ContentSecurityPolicy = PagePolicy;
            if (!isLeftOut)
                return answer(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };
    }
}
