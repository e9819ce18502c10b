using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Forwarding;

/// <summary>Where a request is answered whose bytes flow between it and a sandbox.</summary>
internal enum Answering
{
    /// <summary>In this process.</summary>
    Here,

    /// <summary>The process that holds the sandbox has answered it: nothing is left to do.</summary>
    Elsewhere,

    /// <summary>By nobody: the process that holds it cannot be reached.</summary>
    Unreachable,
}

/// <summary>Has requests answered by the process that holds the sandbox.</summary>
internal sealed class Holder(IPeers peers, IGrainFactory grains)
{
    public static readonly Refusal Unreachable = new(
        RefusalCodes.SandboxUnreachable, "The process that holds the session's sandbox cannot be reached.", null, TimeSpan.FromSeconds(1));

    /// <summary>Passes a request on where another process holds the session's sandbox.</summary>
    public async Task<Answering> PassOn(HttpContext context, Caller caller, SessionId session)
    {
        if (!peers.Any)
            return Answering.Here;
        var reply = await grains.GetGrain<ISessionGrain>(session.ToString()).Touch(caller, context.RequestAborted);
        // What refuses it here refuses it there, in the words of the route.
        if (reply.Value is not { } place || place.Process == peers.Own)
            return Answering.Here;
        return !peers.IsFromPeer(context) && await peers.Forward(context, place.Process) ? Answering.Elsewhere : Answering.Unreachable;
    }
}
