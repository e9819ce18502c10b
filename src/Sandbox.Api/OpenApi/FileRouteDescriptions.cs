using Microsoft.OpenApi;
using Sandbox.Api.Sessions;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the routes of a session's files.</summary>
internal static class FileRouteDescriptions
{
    private const string Where = "Paths are relative to /workspace, or absolute inside the sandbox.";

    private const string Which = "The file, with the slashes of its path.";

    private static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Flag => new() { Type = JsonSchemaType.Boolean, Default = false };

    public static void DescribeListFiles(this RouteHandlerBuilder route) => route
        .Describe("listFiles", "List files", $"What is in a folder, or the file alone where the path is one. Links are listed and not followed. {Where}")
        .WithQuery("path", Text, "The folder; the workspace where left out.")
        .WithQuery("recursive", Flag, "Everything below as well.")
        .WithQuery("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000", Default = 200 }, "Most entries of a page.")
        .WithQuery("cursor", Text, "nextCursor of the page before.")
        .Refuses(400, 404, 410);

    public static void DescribeReadFile(this RouteHandlerBuilder route) => route
        .Describe("readFile", "Read a file", $"The content of a regular file, whole or a range of it. The ETag is its SHA-256. No link is followed. {Where}")
        .WithPath("path", Which)
        .WithHeader("Range", Text, "Bytes wanted, such as bytes=0-1023.")
        .WithHeader("If-None-Match", Text, "ETag of the content already held.")
        .Produces<byte[]>(200, "application/octet-stream")
        .Produces<byte[]>(206, "application/octet-stream")
        .Produces(304)
        .Refuses(400, 404, 409, 410, 416);

    public static void DescribeFileHead(this RouteHandlerBuilder route) => route
        .Describe("headFile", "Size and checksum of a file", $"What reading the file would answer, without its content. {Where}")
        .WithPath("path", Which)
        .Produces(200)
        .Refuses(400, 404, 409, 410);

    public static void DescribeWriteFile(this RouteHandlerBuilder route) => route
        .Describe("writeFile", "Write a file", $"Writes the body, or an artifact, to a file, whole or not at all, of any size within the disk limit. Missing folders are made. {Where}")
        .WithPath("path", Which)
        .Accepts<byte[]>(isOptional: true, "application/octet-stream", "*/*")
        .WithQuery("artifact", Text, "Id of an artifact that the file becomes a copy of; there is no body then.")
        .WithHeader("If-None-Match", Text, "* to refuse where there is such a file already.")
        .WithResponseHeader(200, "ETag", "SHA-256 of the content.")
        .WithResponseHeader(201, "ETag", "SHA-256 of the content.")
        .Refuses(400, 404, 409, 410, 412, 422, 507);

    public static void DescribeRemoveFile(this RouteHandlerBuilder route) => route
        .Describe("removeFile", "Remove a file or folder", $"Removes a file, a link, or a folder. {Where}")
        .WithPath("path", Which)
        .WithQuery("recursive", Flag, "A folder with all it holds.")
        .Refuses(400, 404, 409, 410);

    public static void DescribeMoveFile(this RouteHandlerBuilder route) => route
        .Describe("moveFile", "Move a file or folder", $"Moves or renames. {Where}")
        .Accepts<MoveFileRequest>("application/json")
        .Refuses(400, 404, 409, 410, 412, 415);

    public static void DescribeMakeFolder(this RouteHandlerBuilder route) => route
        .Describe("makeFolder", "Make a folder", $"Makes a folder with the missing ones around it; one that exists is no error. {Where}")
        .Accepts<MakeFolderRequest>("application/json")
        .Refuses(400, 404, 409, 410, 415);

    public static void DescribeWatchFiles(this RouteHandlerBuilder route) => route
        .Describe(
            "watchFiles",
            "Watch a folder",
            $"Server-sent events created, modified, deleted, moved and overflow (list the folder) from the moment of the answer on; they are not kept. {Where}")
        .WithQuery("path", Text, "The folder; the workspace where left out.")
        .WithQuery("recursive", Flag, "The folders below as well.")
        .Produces<string>(200, "text/event-stream")
        .Refuses(400, 404, 409, 410);
}
