using Microsoft.OpenApi;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of artifacts and of operation.</summary>
internal static class OtherRouteDescriptions
{
    public static void DescribeGetArtifact(this RouteHandlerBuilder route) => route
        .Describe("getArtifact", "Get an artifact", "Name, size and checksum of a kept file.")
        .Refuses(404);

    public static void DescribeDownloadArtifact(this RouteHandlerBuilder route) => route
        .Describe("downloadArtifact", "Download an artifact", "The content, whole or a range of it. The ETag is its SHA-256.")
        .WithHeader("Range", new OpenApiSchema { Type = JsonSchemaType.String }, "Bytes wanted, such as bytes=0-1023.")
        .WithHeader("If-None-Match", new OpenApiSchema { Type = JsonSchemaType.String }, "ETag of the content already held.")
        .Produces<byte[]>(200, "application/octet-stream")
        .Produces<byte[]>(206, "application/octet-stream")
        .Produces(304)
        .Refuses(404, 416);

    public static void DescribeArtifactHead(this RouteHandlerBuilder route) => route
        .Describe("headArtifact", "Size and checksum of an artifact's content", "What the download would answer, without its content.")
        .Produces(200)
        .Refuses(404);

    public static void DescribeDeleteArtifact(this RouteHandlerBuilder route) => route
        .Describe("deleteArtifact", "Delete an artifact", "Removes the file.")
        .Refuses(404);

    public static void DescribeLive(this RouteHandlerBuilder route) => route
        .Describe("getLiveness", "Is the process alive?", "Always 200 while the process answers.");

    public static void DescribeReady(this RouteHandlerBuilder route) => route
        .Describe("getReadiness", "Can the server take work?", "200 when every check passes, 503 with the failed checks otherwise.")
        .Refuses(503);
}
