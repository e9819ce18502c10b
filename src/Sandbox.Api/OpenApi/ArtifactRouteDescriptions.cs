using Microsoft.OpenApi;
using Sandbox.Api.Artifacts.Requests;
using Sandbox.Api.Http;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of artifacts and their signed URLs.</summary>
internal static class ArtifactRouteDescriptions
{
    private static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Seconds => new() { Type = JsonSchemaType.Number };

    public static void DescribeUploadArtifact(this RouteHandlerBuilder route) => route
        .Describe(
            "uploadArtifact",
            "Upload an artifact",
            "Stores the body, or the one file of a multipart/form-data body, as it comes: whole or not at all. The content type is kept as a hint.")
        .Accepts<byte[]>("application/octet-stream", FormUpload.MediaType, "*/*")
        .WithQuery("name", Text, "Its file name, without a path; else the one that a form gives its file.")
        .WithQuery("expiresInSeconds", Seconds, "Seconds after which it is removed.")
        .WithHeader(ContentDigest.Header, Text, "sha-256=:…: of the content (RFC 9530), which is checked. Of a form, a header of the file's part.")
        .WithHeader(IdempotencyKey.Header, Text, "Sent twice with one key it is stored once.")
        .WithResponseHeader(201, "Location", "Path of the artifact.")
        .WithResponseHeader(201, IdempotencyKey.ReplayedHeader, "true when an earlier request with this key stored the artifact.")
        .Refuses(400, 403, 409, 413, 415, 422);

    public static void DescribeListArtifacts(this RouteHandlerBuilder route) => route
        .Describe("listArtifacts", "List artifacts", "The tenant's artifacts, newest first: uploads, and what jobs and steps have left.")
        .WithPages();

    public static void DescribeGetArtifact(this RouteHandlerBuilder route) => route
        .Describe("getArtifact", "Get an artifact", "Name, size and checksum of a kept file.")
        .Refuses(404);

    public static void DescribeDownloadArtifact(this RouteHandlerBuilder route) => route
        .Describe("downloadArtifact", "Download an artifact", "The content, whole or a range of it. The ETag is its SHA-256.")
        .WithContent()
        .Refuses(404, 416);

    public static void DescribeArtifactHead(this RouteHandlerBuilder route) => route
        .Describe("headArtifact", "Size and checksum of an artifact's content", "What the download would answer, without its content.")
        .Produces(200)
        .Refuses(404);

    public static void DescribeDeleteArtifact(this RouteHandlerBuilder route) => route
        .Describe("deleteArtifact", "Delete an artifact", "Removes the file and its key, and revokes its signed URLs.")
        .Refuses(404);

    public static void DescribeCreateArtifactUrl(this RouteHandlerBuilder route) => route
        .Describe(
            "createArtifactUrl",
            "Make a signed URL",
            "Whoever has the URL reads this one artifact by this method, without a credential, until it expires or is revoked. Each use is on the audit record.")
        .Accepts<ArtifactUrlRequest>(isOptional: true, "application/json")
        .Refuses(400, 404, 409, 415);

    public static void DescribeRevokeArtifactUrl(this RouteHandlerBuilder route) => route
        .Describe("revokeArtifactUrl", "Revoke a signed URL", "From the answer on it opens nothing.")
        .Refuses(404);

    public static void DescribeRevokeArtifactUrls(this RouteHandlerBuilder route) => route
        .Describe("revokeArtifactUrls", "Revoke all signed URLs of an artifact", "From the answer on none of them opens anything.")
        .Refuses(404);

    public static void DescribeSignedDownload(this RouteHandlerBuilder route) => route
        .Describe("downloadBySignedUrl", "Download by a signed URL", "What a signed URL leads to: the content, as a download, whole or a range of it. Needs no credential.")
        .WithSignature()
        .WithContent()
        .Refuses(403, 416, 429);

    public static void DescribeSignedHead(this RouteHandlerBuilder route) => route
        .Describe("headBySignedUrl", "Size and checksum by a signed URL", "What the download would answer, without its content. Needs no credential.")
        .WithSignature()
        .Produces(200)
        .Refuses(403, 429);

    private static RouteHandlerBuilder WithContent(this RouteHandlerBuilder route) => route
        .WithHeader("Range", Text, "Bytes wanted, such as bytes=0-1023.")
        .WithHeader("If-None-Match", Text, "ETag of the content already held.")
        .Produces<byte[]>(200, "application/octet-stream")
        .Produces<byte[]>(206, "application/octet-stream")
        .Produces(304);

    private static RouteHandlerBuilder WithSignature(this RouteHandlerBuilder route) => route
        .WithQuery("url", Text, "Id of the URL.")
        .WithQuery("expires", new OpenApiSchema { Type = JsonSchemaType.Integer }, "Unix time in seconds from which on it opens nothing.")
        .WithQuery("signature", Text, "The signature.");
}
