namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of operation.</summary>
internal static class OtherRouteDescriptions
{
    public static void DescribeLive(this RouteHandlerBuilder route) => route
        .Describe("getLiveness", "Is the process alive?", "Always 200 while the process answers.")
        .Refuses(400);

    public static void DescribeReady(this RouteHandlerBuilder route) => route
        .Describe("getReadiness", "Can the server take work?", "200 when every check passes, 503 with the failed checks otherwise.")
        .Refuses(400, 503);
}
