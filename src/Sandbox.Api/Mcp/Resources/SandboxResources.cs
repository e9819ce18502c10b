using System.Text;
using System.Text.Unicode;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Mcp.Resources;

/// <summary>Reads what links lead to: files of live sessions, and artifacts; whole, within a bound.</summary>
internal sealed partial class SandboxResources(
    ISessionFiles files, IArtifactStore artifacts, IHttpContextAccessor contexts, ILogger<SandboxResources> logger)
{
    private static readonly ResourceTemplate[] All =
    [
        new()
        {
            Name = "file",
            Title = "File of a session",
            UriTemplate = ResourceUri.FileTemplate,
            Description = $"A file of a live session, up to {ToolBounds.LargestResource} bytes; read_file reads larger ones in parts.",
        },
        new()
        {
            Name = "artifact",
            Title = "Artifact",
            UriTemplate = ResourceUri.ArtifactTemplate,
            Description = $"A file that outlives its sandbox, up to {ToolBounds.LargestResource} bytes; share_artifact makes a link for larger ones.",
        },
    ];

    public ValueTask<ListResourceTemplatesResult> Templates(RequestContext<ListResourceTemplatesRequestParams> request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ListResourceTemplatesResult { ResourceTemplates = [.. All] });

    public async ValueTask<ReadResourceResult> Read(RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken)
    {
        var caller = contexts.HttpContext!.Caller;
        var uri = request.Params.Uri;
        try
        {
            return new ReadResourceResult { Contents = [await Find(caller, uri, cancellationToken)] };
        }
        catch (Exception exception) when (exception is not (McpException or OperationCanceledException))
        {
            LogFault(exception);
            throw new McpProtocolException("The server could not read it. Try again.", McpErrorCode.InternalError);
        }
    }

    private async Task<ResourceContents> Find(Caller caller, string uri, CancellationToken cancellationToken) => ResourceUri.Parse(uri) switch
    {
        { Artifact: { } id } => await ReadArtifact(caller, id, uri, cancellationToken),
        { Session: { } id, Path: { } path } when SessionId.TryParse(id, out var session) => await ReadFile(caller, session, path, uri, cancellationToken),
        _ => throw Missing("There is no such resource."),
    };

    private async Task<ResourceContents> ReadFile(Caller caller, SessionId session, string path, string uri, CancellationToken cancellationToken)
    {
        var reply = await files.Open(caller, session, path, cancellationToken);
        if (reply.Value is not { } found)
            throw Missing(reply.Refusal!.Detail);
        await using (found)
            return await ToContents(uri, null, found.Content, found.File.SizeBytes ?? 0, "Read it in parts with read_file.", cancellationToken);
    }

    private async Task<ResourceContents> ReadArtifact(Caller caller, string id, string uri, CancellationToken cancellationToken)
    {
        if (await artifacts.Find(caller.TenantId, id, cancellationToken) is not { } info
            || await artifacts.OpenRead(caller.TenantId, id, cancellationToken) is not { } content)
            throw Missing("There is no such artifact, or not any more.");
        await using (content)
            return await ToContents(uri, info.ContentType, content, info.SizeBytes, "Copy it into a session with write_file, or make a link with share_artifact.", cancellationToken);
    }

    private static async Task<ResourceContents> ToContents(string uri, string? type, Stream content, long size, string otherwise, CancellationToken cancellationToken)
    {
        if (size > ToolBounds.LargestResource)
            throw new McpProtocolException($"It has {size} bytes, and a resource is read up to {ToolBounds.LargestResource}. {otherwise}", McpErrorCode.InvalidParams);
        var bytes = new byte[size];
        var read = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        var part = bytes.AsMemory(0, read);
        return Utf8.IsValid(part.Span) && !part.Span.Contains((byte)0)
            ? new TextResourceContents { Uri = uri, MimeType = type ?? "text/plain", Text = Encoding.UTF8.GetString(part.Span) }
            : BlobResourceContents.FromBytes(part, uri, type ?? "application/octet-stream");
    }

    private static McpProtocolException Missing(string text) => new(text, McpErrorCode.ResourceNotFound);

    [LoggerMessage(1, LogLevel.Error, "A resource could not be read")]
    private partial void LogFault(Exception exception);
}
