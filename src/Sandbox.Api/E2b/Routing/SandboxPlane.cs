using Microsoft.Extensions.Options;
using Sandbox.Api.Http;
using Sandbox.Api.Ports;

namespace Sandbox.Api.E2b.Routing;

/// <summary>
/// Requests that name a sandbox, by header or host, are for that sandbox, whatever their path. Without one of these, and with a route of
/// this door, it only remembers in which form errors are told.
/// </summary>
internal sealed class SandboxPlane(RequestDelegate next, SandboxRoutes routes, IOptions<PortProxyOptions> options)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!NamesSandbox(context, out var target))
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<IErrorShape>() is { } shape)
                context.Features.Set(shape);
            return next(context);
        }

        if (target is null)
            return DoorErrors.Write(context, StatusCodes.Status400BadRequest, $"{SandboxTarget.IdHeader} and {SandboxTarget.PortHeader} go together: an id, and a port from 1 to 65535.");
        context.Features.Set(target);
        if (target.Session is null)
            return DoorErrors.Gone(context);
        var endpoint = routes.Find(target.Port, context.Request);
        context.Features.Set(endpoint.Metadata.GetRequiredMetadata<IErrorShape>());
        context.SetEndpoint(endpoint);
        return next(context);
    }

    private bool NamesSandbox(HttpContext context, out SandboxTarget? target)
    {
        var headers = context.Request.Headers;
        if (headers[SandboxTarget.IdHeader] is [{ } id] && SandboxTarget.ReadPort(headers[SandboxTarget.PortHeader]) is { } port)
        {
            target = new SandboxTarget(id, port);
            return true;
        }

        target = SandboxTarget.OfHost(context.Request.Host.Host, options.Value.Domain);
        return target is not null || headers.ContainsKey(SandboxTarget.IdHeader) || headers.ContainsKey(SandboxTarget.PortHeader);
    }
}
