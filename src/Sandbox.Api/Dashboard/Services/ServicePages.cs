using Microsoft.Extensions.Options;
using Sandbox.Api.Dashboard.Access;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Dashboard.Work;
using Sandbox.Api.Http;
using Sandbox.Api.Ports;
using Sandbox.Api.Services;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Dashboard.Services;

/// <summary>The pages under <c>/dashboard/services</c>.</summary>
internal static class ServicePages
{
    public const string Path = $"{DashboardMark.Path}/services";

    private const int LogBytes = 64 * 1024;

    public static void MapServicePages(this RouteGroupBuilder dashboard)
    {
        var services = dashboard.MapGroup("/services").RequireAuthorization(ApiAuthentication.Use);
        services.MapGet("", List);
        services.MapGet("/{id}", Show);
        services.MapGet("/{id}/events", ServiceLogEndpoints.Follow);
        services.MapPost("/{id}/stop", Stop);
    }

    private static async Task<IResult> List(HttpContext context, IServiceQueries services)
    {
        var list = new ListRequest(context.Request.Query);
        if (ServiceId.TryParse(list.Search, out var id))
            return Page.SeeOther($"{Path}/{id}");
        var status = list.Status is { } name ? ServiceStates.Read(name, list.Errors) : null;
        var cursor = list.Cursor(static place => ServiceId.TryParse(place.Id, out var at) ? new ServiceCursor(place.CreatedAt, at) : null);
        if (list.Errors.Any)
            return Page.Of<ServiceListPage>(new { List = list }, StatusCodes.Status400BadRequest);
        var page = await services.List(context.Caller.TenantId, new ServiceFilter(status, list.Labels), cursor, ListRequest.PageSize, context.RequestAborted);
        var next = page.Next is { } place ? CursorText.Write(place.CreatedAt, place.Id.ToString()) : null;
        return Page.Of<ServiceListPage>(new { List = list, Services = page.Items, Next = next });
    }

    private static async Task<IResult> Show(
        string id, HttpContext context, IGrainFactory grains, IOptions<ApiOptions> api, IOptions<PortProxyOptions> ports)
    {
        if (ServiceEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.Get(context.Caller, TimeSpan.Zero, context.RequestAborted);
        if (reply.Value is not { } service)
            return ProblemResult.From(reply.Refusal!);
        var address = new ServiceAddress(context.Request, api.Value, ports.Value);
        return Page.Of<ServiceDetailPage>(new
        {
            Service = service,
            ProxyUrl = address.ProxyUrlOf(service.Id),
            HostUrl = address.HostUrlOf(service.Id, service.Port),
            Log = await EndOfLog(grain, context.Caller, context.RequestAborted),
        });
    }

    private static async Task<IResult> Stop(string id, HttpContext context, IGrainFactory grains)
    {
        if (ServiceEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.Stop(context.Caller, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : Page.SeeOther($"{Path}/{id}");
    }

    // How long it is, is told with any part of it.
    private static async Task<CommandOutput?> EndOfLog(IServiceGrain grain, Caller caller, CancellationToken cancellationToken)
    {
        var first = await grain.ReadLog(caller, 0, null, 0, 1, TimeSpan.Zero, cancellationToken);
        if (first.Value is not { Output.Total: > 0 } log)
            return null;
        var from = Math.Max(0, log.Output.Total - LogBytes);
        return (await grain.ReadLog(caller, log.Attempt, null, from, LogBytes, TimeSpan.Zero, cancellationToken)).Value?.Output;
    }
}
