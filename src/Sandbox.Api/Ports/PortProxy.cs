using System.Net;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Options;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Abstractions.Services;
using Yarp.ReverseProxy.Forwarder;

namespace Sandbox.Api.Ports;

/// <summary>
/// Answers requests to ports of sandboxes: asks who owns the port whether and where it is reached, has the process that holds the
/// sandbox do it, and there passes the request on, cut as soon as it may not be any more.
/// </summary>
internal sealed class PortProxy(IHttpForwarder forwarder, PortOwners owners, IPortRoutes routes, PortClients clients, IPeers peers, IOptions<PortProxyOptions> options)
{
    private static readonly Refusal Elsewhere = new(
        RefusalCodes.SandboxUnreachable, "The process that holds the sandbox cannot be reached.", null, TimeSpan.FromSeconds(1));

    private static readonly Refusal Crowded = new(
        RefusalCodes.ServiceNotReady, "As many requests to this port are under way as may be.", null, TimeSpan.FromSeconds(1));

    private readonly ForwarderRequestConfig _config = new()
    {
        ActivityTimeout = TimeSpan.FromSeconds(options.Value.IdleSeconds),
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task Answer(HttpContext context)
    {
        if (PortDoor.Of(context) is not { } door)
        {
            await ProblemResult.NotFound().ExecuteAsync(context);
            return;
        }

        await Answer(context, door, refusal => Refuse(context, refusal));
    }

    /// <summary>Answers a request to a port that is known; what is refused, is told as whoever asks wants it.</summary>
    public async Task Answer(HttpContext context, PortDoor door, Func<Refusal, Task> refuse)
    {
        var reply = await owners.Reach(door, context.Caller, context.RequestAborted);
        var refusal = reply.Value is { } place ? await Pass(context, door, place) : reply.Refusal;
        if (refusal is not null && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            await refuse(refusal);
    }

    // What is refused; null where it was answered.
    private async Task<Refusal?> Pass(HttpContext context, PortDoor door, PortPlace place)
    {
        if (peers.Any && place.Process != peers.Own)
            return !peers.IsFromPeer(context) && await peers.Forward(context, place.Process) ? null : Elsewhere;
        if (ProxiedTarget.Of(context, door.Segments) is not { } target)
            return new Refusal(RefusalCodes.InvalidRequest, "Ports are asked by a path, not as a proxy.", "path");
        if (routes.Find(place) is not { } route)
            return Elsewhere;
        if (route.Use() is not { } use)
            return Crowded;
        using var inUse = use;
        using var until = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, route.Until(context.Features.Get<ServiceTokenHolder>()?.TokenId));
        var error = await Forward(context, door, place, target, route, until.Token);
        if (error == ForwarderError.None)
            return null;
        if (context.Response.HasStarted)
            context.Abort();
        return await Explain(error, door, context);
    }

    private ValueTask<ForwarderError> Forward(
        HttpContext context, PortDoor door, PortPlace place, string target, IPortRoute route, CancellationToken cancellationToken)
    {
        StreamedBody.OfAnySizeAndPace(context);
        // What the service answers without a body has none.
        if (context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            pages.Enabled = false;
        return forwarder.SendAsync(
            context, $"http://localhost:{place.Port}", clients.Of(route), _config, new PortTransformer(door, place.Port, target), cancellationToken);
    }

    private async Task<Refusal?> Explain(ForwarderError error, PortDoor door, HttpContext context) => error switch
    {
        ForwarderError.RequestTimedOut => new Refusal(RefusalCodes.ServiceTimeout, "The service did not answer in time."),
        ForwarderError.RequestBodyClient => new Refusal(RefusalCodes.InvalidRequest, "The body of the request broke off."),
        _ when context.Response.HasStarted => null,
        _ => await owners.Explain(door, context.Caller, context.RequestAborted),
    };

    private static Task Refuse(HttpContext context, Refusal refusal)
    {
        // What was copied of an answer that turned out to be none.
        context.Response.Clear();
        context.Response.Headers.CacheControl = "no-store";
        return ProblemResult.From(refusal).ExecuteAsync(context);
    }
}
