using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Sandbox.Api.Dashboard.Access;
using Sandbox.Api.Dashboard.Audit;
using Sandbox.Api.Dashboard.Grains;
using Sandbox.Api.Dashboard.Jobs;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Dashboard.Nodes;
using Sandbox.Api.Dashboard.Overview;
using Sandbox.Api.Dashboard.Policies;
using Sandbox.Api.Dashboard.Services;
using Sandbox.Api.Dashboard.Sessions;
using Sandbox.Api.Dashboard.Tenants;
using Sandbox.Api.Dashboard.Workflows;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Dashboard;

/// <summary>The dashboard, at <c>/dashboard</c>: pages made by the server, over the same grains and ports as the REST interface.</summary>
internal static class DashboardRegistration
{
    // The largest form holds a policy document.
    private const int LargestForm = 256 * 1024;

    public static void AddDashboard(this IServiceCollection services)
    {
        services.AddDataProtection();
        services.AddRazorComponents();
        services.AddSingleton<SignInCookie>();
        services.AddSingleton<DashboardAssets>();
        services.AddSingleton<LiveGrains>();
        services.AddSingleton<GrainViews>();
        services.AddSingleton<RecentActivity>();
        services.AddSingleton<SessionReading>();
        services.AddHostedService(static provider => provider.GetRequiredService<RecentActivity>());
        services.AddOptions<AntiforgeryOptions>().Configure<IOptions<ApiOptions>>(static (forms, api) =>
        {
            forms.Cookie = new FormCookie(api.Value)
            {
                Name = "sandbox-form",
                Path = DashboardMark.Path,
                SameSite = SameSiteMode.Strict,
                SecurePolicy = CookieSecurePolicy.SameAsRequest,
                HttpOnly = true,
                IsEssential = true,
            };
            forms.HeaderName = FormCheck.HeaderName;
            forms.SuppressXFrameOptionsHeader = true;
        });
    }

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        var dashboard = routes.MapGroup(DashboardMark.Path).ExcludeFromDescription()
            .WithMetadata(DashboardMark.Instance, new RequestSizeLimitAttribute(LargestForm)).AddEndpointFilter<RouteGroupBuilder, FormCheck>();
        DashboardAssets.MapAssets(dashboard);
        dashboard.MapSignIn();
        dashboard.MapTheme();
        dashboard.MapOverview();
        dashboard.MapJobPages();
        dashboard.MapSessionPages();
        dashboard.MapServicePages();
        dashboard.MapWorkflowPages();
        dashboard.MapPolicyPages();
        dashboard.MapAuditPages();
        dashboard.MapKeyPages();
        dashboard.MapTenantPages();
        dashboard.MapGrainPages();
        dashboard.MapSiloInternals();
        dashboard.MapNodePages();
        dashboard.MapGet("/{**rest}", static () => ProblemResult.NotFound()).RequireAuthorization(ApiAuthentication.AnyRole);
    }
}
