using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Http;
using Sandbox.Api.Nodes;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Nodes;

namespace Sandbox.Api.Dashboard.Nodes;

/// <summary>The nodes: what they offer, have and keep ready, and whether they take new work.</summary>
internal static class NodePages
{
    public static void MapNodePages(this IEndpointRouteBuilder dashboard)
    {
        var nodes = dashboard.MapGroup("/nodes").RequireAuthorization(ApiAuthentication.Operate);
        nodes.MapGet("", List);
        nodes.MapPost("/{name}/drain", Drain);
        nodes.MapPost("/{name}/activate", Activate);
    }

    private static async Task<IResult> List(HttpContext context, INodes nodes) =>
        Page.Of<NodeListPage>(new { Nodes = (IReadOnlyList<Node>)[.. (await nodes.List(context.RequestAborted)).Select(Node.Of)] });

    private static Task<IResult> Drain(string name, HttpContext context, INodes nodes) => Set(name, on: true, context, nodes);

    private static Task<IResult> Activate(string name, HttpContext context, INodes nodes) => Set(name, on: false, context, nodes);

    private static async Task<IResult> Set(string name, bool on, HttpContext context, INodes nodes) =>
        await nodes.SetDrain(context.Caller, name, on, context.RequestAborted) is null ? ProblemResult.NotFound() : Page.SeeOther("/dashboard/nodes");
}
