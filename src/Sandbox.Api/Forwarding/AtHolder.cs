using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Forwarding;

/// <summary>
/// For routes of a session whose bytes flow between the request and the sandbox: has the request answered by the process that
/// holds the sandbox.
/// </summary>
internal sealed class AtHolder(Holder holder) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var answering = SessionId.TryParse(http.GetRouteValue("id") as string, out var session)
            ? await holder.PassOn(http, http.Caller, session)
            : Answering.Here;
        return answering switch
        {
            Answering.Here => await next(context),
            Answering.Elsewhere => Results.Empty,
            _ => ProblemResult.From(Holder.Unreachable),
        };
    }
}
