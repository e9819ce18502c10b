using System.IO.Compression;
using Microsoft.Net.Http.Headers;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Envd;

/// <summary>The bytes of files, in and out, streamed.</summary>
internal sealed class EnvdFiles(SandboxDoor door, ISessionFiles files)
{
    private const string FileType = "file";
    private const string MetadataPrefix = "X-Metadata-";

    public async Task Read(HttpContext context, LiveSandbox sandbox)
    {
        if (await door.IsAnsweredElsewhere(context, sandbox) || await RefuseUser(context))
            return;
        var inside = SandboxPaths.ToSandbox(SandboxPaths.Absolute(context.Request.Query["path"]));
        var reply = await files.Open(sandbox.Caller, sandbox.Session, inside, context.RequestAborted);
        if (reply.Value is not { } found)
        {
            await DoorErrors.Refuse(context, reply.Refusal!);
            return;
        }

        context.Response.RegisterForDisposeAsync(found);
        ByteRanges.Bound(context.Request);
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        await Results.Stream(found.Content, "application/octet-stream", lastModified: found.File.ModifiedAt, enableRangeProcessing: true).ExecuteAsync(context);
    }

    public async Task Write(HttpContext context, LiveSandbox sandbox)
    {
        if (await door.IsAnsweredElsewhere(context, sandbox) || await RefuseUser(context))
            return;
        if (context.Request.Headers.Keys.Any(static name => name.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase)))
        {
            await DoorErrors.Write(context, StatusCodes.Status400BadRequest, "Files have no metadata here.");
            return;
        }

        var written = new List<WrittenEntry>();
        var kind = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) ? type.MediaType.Value?.ToLowerInvariant() : null;
        var refusal = kind switch
        {
            FileParts.MediaType => await WriteParts(context, sandbox, written),
            "application/octet-stream" => await WriteBody(context, sandbox, written),
            _ => Bad("The content must be multipart/form-data or application/octet-stream."),
        };
        if (refusal is not null)
            await DoorErrors.Refuse(context, refusal);
        else
            await context.Response.WriteAsJsonAsync<IReadOnlyList<WrittenEntry>>(written, E2bJson.Default.IReadOnlyListWrittenEntry, cancellationToken: context.RequestAborted);
    }

    private async Task<Refusal?> WriteBody(HttpContext context, LiveSandbox sandbox, List<WrittenEntry> written)
    {
        if (PathOfQuery(context) is not { } path)
            return Bad("path: Is required.");
        var body = StreamedBody.OfAnySize(context);
        switch (context.Request.Headers.ContentEncoding.ToString().ToLowerInvariant())
        {
            case "" or "identity":
                return await Put(context, sandbox, path, body, written);
            case "gzip":
                await using (var plain = new GZipStream(body, CompressionMode.Decompress, leaveOpen: true))
                    return await Put(context, sandbox, path, plain, written);
            default:
                return Bad("Content-Encoding: Must be gzip, or none.");
        }
    }

    private Task<Refusal?> WriteParts(HttpContext context, LiveSandbox sandbox, List<WrittenEntry> written)
    {
        var only = PathOfQuery(context);
        return FileParts.ForEach(context, (name, content) => (only ?? name) is { Length: > 0 } path
            ? Put(context, sandbox, path, content, written)
            : Task.FromResult<Refusal?>(Bad("A file has neither a name nor is a path given.")));
    }

    private async Task<Refusal?> Put(HttpContext context, LiveSandbox sandbox, string path, Stream content, List<WrittenEntry> written)
    {
        if (path.Contains('\0'))
            return Bad("path: Must not contain NUL.");
        var absolute = SandboxPaths.Absolute(path);
        try
        {
            var reply = await files.Write(sandbox.Caller, sandbox.Session, SandboxPaths.ToSandbox(absolute), content, overwrite: true, context.RequestAborted);
            if (reply.Value is null)
                return reply.Refusal;
        }
        catch (InvalidDataException)
        {
            return Bad("The content is not what its encoding says.");
        }

        written.Add(new WrittenEntry(absolute, SandboxPaths.NameOf(absolute), FileType));
        return null;
    }

    private static async Task<bool> RefuseUser(HttpContext context)
    {
        if (ProcessCalls.IsUser(context.Request.Query["username"]))
            return false;
        await DoorErrors.Write(context, StatusCodes.Status401Unauthorized, "There is no user but 'user' in a sandbox, and no root.");
        return true;
    }

    private static string? PathOfQuery(HttpContext context) => context.Request.Query["path"] is [{ Length: > 0 } path] ? path : null;

    private static Refusal Bad(string detail) => new(RefusalCodes.InvalidRequest, detail);
}
