using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Ports;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Services.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Api.Services;

/// <summary>The routes under <c>/v1/services</c>, but for what goes through to a service.</summary>
internal static class ServiceEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapServices(this IEndpointRouteBuilder routes)
    {
        var services = routes.MapGroup("/services").WithTags("Services").RequireAuthorization(ApiAuthentication.Use);
        services.MapPost("", Create).DescribeCreateService();
        services.MapGet("", List).DescribeListServices();
        services.MapGet("/{id}", Get).DescribeGetService();
        services.MapDelete("/{id}", Stop).DescribeStopService();
        services.MapServiceLogs();
        services.MapServiceTokens();
        return services;
    }

    /// <summary>The grain of a service; null when the text cannot be its id.</summary>
    public static IServiceGrain? Find(IGrainFactory grains, string id) =>
        ServiceId.TryParse(id, out var service) ? grains.GetGrain<IServiceGrain>(service.ToString()) : null;

    private static async Task<Results<Accepted<Service>, ProblemResult>> Create(
        HttpContext context, IGrainFactory grains, IPlatform platform, IOptions<ApiOptions> api, IOptions<PortProxyOptions> ports)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        var key = IdempotencyKey.Read(context.Request, errors);
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var request = body is null ? null : ServiceRequestReader.Read(body.Root, api.Value.MaxFiles, errors);
        if (request is null)
            return ProblemResult.From(errors);
        var spec = ServiceRequestMapping.ToSpec(request, platform, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (SandboxMembers.RefuseIsolation(spec.Sandbox.Isolation, platform) is { } unfit)
            return ProblemResult.From(unfit);

        var caller = context.Caller;
        var id = key is null ? ServiceId.New() : ServiceId.FromIdempotencyKey(caller.TenantId, key);
        var fingerprint = key is null ? string.Empty : RequestFingerprint.Compute(body!.Root);
        var reply = await grains.GetGrain<IServiceGrain>(id.ToString()).Create(caller, spec, fingerprint, context.RequestAborted);
        if (reply.Value is not { } creation)
            return ProblemResult.From(reply.Refusal!);
        if (creation.Replayed)
            context.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        var service = Service.From(creation.Service, new ServiceAddress(context.Request, api.Value, ports.Value));
        return TypedResults.Accepted($"/v1/services/{service.Id}", service with { Token = creation.Token });
    }

    private static async Task<Results<Ok<ServiceList>, ProblemResult>> List(
        HttpContext context, IServiceQueries services, IOptions<ApiOptions> api, IOptions<PortProxyOptions> ports)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var status = query.Single("status") is { } name ? ServiceStates.Read(name, errors) : null;
        var metadata = query.Prefixed("metadata.");
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(static place => ServiceId.TryParse(place.Id, out var at) ? new ServiceCursor(place.CreatedAt, at) : null);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        var page = await services.List(context.Caller.TenantId, new ServiceFilter(status, metadata), cursor, limit, context.RequestAborted);
        var address = new ServiceAddress(context.Request, api.Value, ports.Value);
        return TypedResults.Ok(new ServiceList
        {
            Items = [.. page.Items.Select(view => Service.From(view, address))],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        });
    }

    private static async Task<Results<Ok<Service>, ProblemResult>> Get(
        string id, HttpContext context, IGrainFactory grains, LongPoll waiting, IOptions<ApiOptions> api, IOptions<PortProxyOptions> ports)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var wait = query.Wait();
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var caller = context.Caller;
        var reply = await waiting.ForEnd(
            (round, cancellationToken) => grain.Get(caller, round, cancellationToken),
            static view => view.Status != ServiceStatus.Starting,
            wait,
            context.RequestAborted);
        return reply.Value is { } view
            ? TypedResults.Ok(Service.From(view, new ServiceAddress(context.Request, api.Value, ports.Value)))
            : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<NoContent, ProblemResult>> Stop(string id, HttpContext context, IGrainFactory grains)
    {
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.Stop(context.Caller, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : TypedResults.NoContent();
    }
}
