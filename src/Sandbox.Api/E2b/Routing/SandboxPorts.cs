using Microsoft.AspNetCore.Http.Features;
using Sandbox.Api.Ports;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Api.E2b.Routing;

/// <summary>Servers inside of a sandbox: passed on by the proxy of ports, as those of sessions are.</summary>
internal sealed class SandboxPorts(PortProxy proxy)
{
    public Task Pass(HttpContext context, LiveSandbox sandbox)
    {
        var port = context.Features.GetRequiredFeature<SandboxTarget>().Port;
        context.Features.Set(sandbox.Caller);
        return proxy.Answer(context, new PortDoor(sandbox.Session.ToString(), port, string.Empty, 0), refusal =>
        {
            // What was copied of an answer that turned out to be none.
            context.Response.Clear();
            return refusal.Code == RefusalCodes.PortUnreachable ? DoorErrors.Closed(context, port) : DoorErrors.Refuse(context, refusal);
        });
    }
}
