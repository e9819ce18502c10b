using Microsoft.Net.Http.Headers;
using Microsoft.AspNetCore.Http.Features;
using Sandbox.Api.Ports;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Api.E2b.Routing;

/// <summary>Servers inside of a sandbox: passed on by the proxy of ports, as those of sessions are.</summary>
internal sealed class SandboxPorts(PortProxy proxy)
{
    public Task Pass(HttpContext context, LiveSandbox sandbox)
    {
        var target = context.Features.GetRequiredFeature<SandboxTarget>();
        var port = target.Port;
        if (!target.IsByHost)
            context.Response.OnStarting(static state => KeepFromCaches((HttpResponse)state), context.Response);
        context.Features.Set(sandbox.Caller);
        return proxy.Answer(context, new PortDoor(sandbox.Session.ToString(), port, string.Empty, 0) { HasOwnOrigin = target.IsByHost }, refusal =>
        {
            // What was copied of an answer that turned out to be none.
            context.Response.Clear();
            return refusal.Code == RefusalCodes.PortUnreachable ? DoorErrors.Closed(context, port) : DoorErrors.Refuse(context, refusal);
        });
    }

    // The same address is another sandbox's with another header, which caches do not look at.
    private static Task KeepFromCaches(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers.Append(HeaderNames.Vary, $"{SandboxTarget.IdHeader}, {SandboxTarget.PortHeader}");
        return Task.CompletedTask;
    }
}
