using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Dashboard.Sessions;

/// <summary>The page with a terminal of a session, and the WebSocket that it opens.</summary>
internal static class TerminalPages
{
    public static void MapTerminalPage(this RouteGroupBuilder sessions)
    {
        sessions.MapGet("/{id}/terminal", Show);
        sessions.MapGet("/{id}/terminal/socket", TerminalEndpoint.Open).AddEndpointFilter<AtHolder>();
    }

    private static async Task<IResult> Show(string id, HttpContext context, IGrainFactory grains)
    {
        if (SessionEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.Get(context.Caller, context.RequestAborted);
        return reply.Value is { } session ? Page.Of<TerminalPage>(new { Session = session }) : ProblemResult.From(reply.Refusal!);
    }
}
