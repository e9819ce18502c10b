using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Forwarding;

/// <summary>
/// For routes of a session whose bytes flow between the request and the sandbox: has the request answered by the process that
/// holds the sandbox.
/// </summary>
internal sealed class AtHolder(IPeers peers, IGrainFactory grains) : IEndpointFilter
{
    public static readonly Refusal Unreachable = new(
        RefusalCodes.SandboxUnreachable, "The process that holds the session's sandbox cannot be reached.", null, TimeSpan.FromSeconds(1));

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (!peers.Any)
            return await next(context);
        var http = context.HttpContext;
        if (!SessionId.TryParse(http.GetRouteValue("id") as string, out var session))
            return await next(context);
        var reply = await grains.GetGrain<ISessionGrain>(session.ToString()).Touch(http.Caller, http.RequestAborted);
        // What refuses it here refuses it there, in the words of the route.
        if (reply.Value is not { } place || place.Process == peers.Own)
            return await next(context);
        if (peers.IsFromPeer(http) || !await peers.Forward(http, place.Process))
            return ProblemResult.From(Unreachable);
        return Results.Empty;
    }
}
