using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using Sandbox.Api.Artifacts;
using Sandbox.Api.Artifacts.Requests;
using Sandbox.Api.Http;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Results;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Mcp.Tools;

/// <summary>Files that outlive their sandbox.</summary>
internal sealed class ArtifactTools(IArtifactStore store, ArtifactUrlIssue urls, IAuditLog audit, IOptions<ArtifactUrlOptions> options) : IToolGroup
{
    public IEnumerable<ToolDefinition> Tools =>
    [
        new("list_artifacts", "List artifacts", "Files that outlive their sandbox, newest first, with links to read them: what run_code kept, long output, and uploads.",
            new InputSchema().WithPage(), typeof(ArtifactList), List) { IsReadOnly = true },
        new("get_artifact", "Get an artifact", $"What an artifact is, with a link: resources/read has its content up to {ToolBounds.LargestResource} bytes; write_file copies it into a session, of any size.",
            new InputSchema().Required("artifactId", Id()), typeof(Artifact), Get) { IsReadOnly = true },
        new("share_artifact", "Make a download link", "Makes a URL by which anybody downloads the artifact without a credential until it expires. Give it to the user; do not publish it.",
            new InputSchema()
                .Required("artifactId", Id())
                .Optional("expiresInSeconds", Schema.Number($"Seconds that it is good for. Default {options.Value.DefaultUrlSeconds}.", 1, options.Value.MaxUrlSeconds)),
            typeof(ArtifactUrl), Share) { IsOpenWorld = true },
        new("remove_artifact", "Remove an artifact", "Removes an artifact for good; its links open nothing any more.",
            new InputSchema().Required("artifactId", Id()), typeof(Done), Remove) { IsDestructive = true, IsIdempotent = true },
    ];

    private static JsonObject Id() => Schema.Text("Id of the artifact (art_…).");

    private async Task<CallToolResult> List(ToolCall call)
    {
        var limit = call.PageSize();
        var cursor = call.Cursor(static place => ArtifactId.TryParse(place.Id, out var at) ? new ArtifactCursor(place.CreatedAt, at) : null);
        if (call.Wrong() is { } wrong)
            return wrong;
        var page = await store.List(call.Caller.TenantId, cursor, limit, call.Cancelled);
        var list = new ArtifactList
        {
            Items = [.. page.Items.Select(Artifact.From)],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        };
        return ToolAnswer.Of(list, RunAnswer.Links(list.Items));
    }

    private async Task<CallToolResult> Get(ToolCall call)
    {
        var id = call.Required("artifactId");
        if (call.Wrong() is { } wrong)
            return wrong;
        if (await store.Find(call.Caller.TenantId, id, call.Cancelled) is not { } info)
            return ToolAnswer.NotFound("artifact");
        var artifact = Artifact.From(info);
        return ToolAnswer.Of(artifact, RunAnswer.Links([artifact]));
    }

    private async Task<CallToolResult> Share(ToolCall call)
    {
        var id = call.Required("artifactId");
        var request = new ArtifactUrlRequest { ExpiresInSeconds = call.Arguments.Number("expiresInSeconds") };
        ArtifactUrlIssue.Check(request, options.Value, call.Errors);
        if (call.Wrong() is { } wrong)
            return wrong;
        return ToolAnswer.Of(await urls.Issue(call.Http.Request, call.Caller, id, request, call.Cancelled), static url => url);
    }

    private async Task<CallToolResult> Remove(ToolCall call)
    {
        var id = call.Required("artifactId");
        if (call.Wrong() is { } wrong)
            return wrong;
        return await ArtifactEndpoints.Remove(call.Caller, id, store, audit, call.Cancelled)
            ? ToolAnswer.Of(new Done { Id = id, Outcome = "removed" })
            : ToolAnswer.NotFound("artifact");
    }
}
