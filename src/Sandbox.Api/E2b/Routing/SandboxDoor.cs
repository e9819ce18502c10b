using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.E2b.Routing;

/// <summary>A sandbox that answers, for one request.</summary>
/// <param name="Session">The session that it is.</param>
/// <param name="View">The session as it stands.</param>
/// <param name="Caller">As whom it is asked: whoever made it.</param>
/// <param name="Grains">Leads to its grains.</param>
internal sealed record LiveSandbox(SessionId Session, SessionView View, Caller Caller, IGrainFactory Grains)
{
    public ISessionGrain Grain => Grains.GetGrain<ISessionGrain>(Session.ToString());

    public ISessionCommandsGrain Commands => Grains.GetGrain<ISessionCommandsGrain>(Session.ToString());
}

/// <summary>Lets requests with a token into their sandbox. One that is gone or paused answers 502, by which the clients know.</summary>
internal sealed class SandboxDoor(IGrainFactory grains, Holder holder)
{
    /// <summary>A route into a sandbox.</summary>
    public Endpoint Endpoint(IErrorShape errors, Func<HttpContext, LiveSandbox, Task> handle) => new(
        context => Enter(context, handle),
        new EndpointMetadataCollection(new AuthorizeAttribute(ApiAuthentication.InSandbox), errors),
        "Routes into sandboxes, as E2B has them");

    /// <summary>The sandbox of a tenant, where it answers; null where it is gone or paused.</summary>
    public async Task<LiveSandbox?> Find(string tenant, SessionId session, CancellationToken cancellationToken)
    {
        var found = new LiveSandbox(session, null!, new Caller(tenant, "e2b", Roles.Member), grains);
        var reply = await found.Grain.Get(found.Caller, cancellationToken);
        return reply.Value is not { } view || IsAway(view)
            ? null
            : found with { View = view, Caller = new Caller(tenant, view.AgentId, Roles.Member) };
    }

    /// <summary>
    /// For what flows between the request and the sandbox: whether the process that holds it has answered, and nothing is left to do here.
    /// </summary>
    public async Task<bool> IsAnsweredElsewhere(HttpContext context, LiveSandbox sandbox)
    {
        var answering = await holder.PassOn(context, sandbox.Caller, sandbox.Session);
        if (answering == Answering.Unreachable)
            await DoorErrors.Refuse(context, Holder.Unreachable);
        return answering != Answering.Here;
    }

    private async Task Enter(HttpContext context, Func<HttpContext, LiveSandbox, Task> handle)
    {
        var target = context.Features.GetRequiredFeature<SandboxTarget>();
        if (target.Session is { } session && await Find(context.Caller.TenantId, session, context.RequestAborted) is { } sandbox)
            await handle(context, sandbox);
        else
            await DoorErrors.Gone(context);
    }

    private static bool IsAway(SessionView view) =>
        view.Status is not (SessionStatus.Ready or SessionStatus.Busy or SessionStatus.Paused)
        || (view.Status == SessionStatus.Paused && !Sandboxes.SandboxLabels.ResumesByItself(view.Metadata));
}
