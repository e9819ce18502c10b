using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Nodes;

namespace Sandbox.Api.Nodes;

/// <summary>The routes under <c>/v1/nodes</c>, for operators.</summary>
internal static class NodeEndpoints
{
    public static RouteGroupBuilder MapNodes(this IEndpointRouteBuilder routes)
    {
        var nodes = routes.MapGroup("/nodes").WithTags("Operation").RequireAuthorization(ApiAuthentication.Operate);
        nodes.MapGet("", List).DescribeListNodes();
        nodes.MapGet("/{name}", Get).DescribeGetNode();
        nodes.MapPost("/{name}/drain", Drain).DescribeDrainNode();
        nodes.MapDelete("/{name}/drain", Activate).DescribeActivateNode();
        return nodes;
    }

    private static async Task<Ok<NodeList>> List(HttpContext context, INodes nodes) =>
        TypedResults.Ok(new NodeList { Items = [.. (await nodes.List(context.RequestAborted)).Select(Node.Of)] });

    private static async Task<Results<Ok<Node>, ProblemResult>> Get(string name, HttpContext context, INodes nodes) =>
        Answer(await nodes.Find(name, context.RequestAborted));

    private static async Task<Results<Ok<Node>, ProblemResult>> Drain(string name, HttpContext context, INodes nodes) =>
        Answer(await nodes.SetDrain(context.Caller, name, on: true, context.RequestAborted));

    private static async Task<Results<Ok<Node>, ProblemResult>> Activate(string name, HttpContext context, INodes nodes) =>
        Answer(await nodes.SetDrain(context.Caller, name, on: false, context.RequestAborted));

    private static Results<Ok<Node>, ProblemResult> Answer(NodeInfo? node) =>
        node is null ? ProblemResult.NotFound() : TypedResults.Ok(Node.Of(node));
}
