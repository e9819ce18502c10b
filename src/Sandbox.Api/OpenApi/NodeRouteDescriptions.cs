namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the routes of nodes.</summary>
internal static class NodeRouteDescriptions
{
    public static void DescribeListNodes(this RouteHandlerBuilder route) => route
        .Describe("listNodes", "List nodes", """
            All nodes in the order of their names: what they offer, what they could still take, the work and the ready sandboxes that they
            have, their server processes. For operators.
            """);

    public static void DescribeGetNode(this RouteHandlerBuilder route) => route
        .Describe("getNode", "Get a node", "A node by its name; for operators.")
        .Refuses(404);

    public static void DescribeDrainNode(this RouteHandlerBuilder route) => route
        .Describe("drainNode", "Drain a node", """
            From the answer on the node takes no new jobs, sessions and services, also after a restart, until it is activated: they are refused
            with 503 and `node_draining` where no other node can take them. What it has goes on to its end; its status is `drained` when nothing
            is left. Sessions that are paused to disk stay there. Doing it again changes nothing. For operators.
            """)
        .Refuses(404);

    public static void DescribeActivateNode(this RouteHandlerBuilder route) => route
        .Describe("activateNode", "Activate a node", "From the answer on the node that was drained takes work again; for operators.")
        .Refuses(404);
}
