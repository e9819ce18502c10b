using Microsoft.Net.Http.Headers;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.DynamicSessions;

/// <summary>Files of the session of an identifier, in and out, streamed.</summary>
internal sealed class PoolFiles(PooledSessions pooled, IGrainFactory grains, ISessionFiles files, Holder holder)
{
    private const int MostListed = 10_000;
    private const int PageSize = 1000;
    private const string AnyContent = "application/octet-stream";

    public Task<IResult> List(HttpContext context, PoolRequest request) => AtSession(context, request, async session =>
    {
        if (PoolPaths.ToSandbox(request.Folder, string.Empty) is not { } folder)
            return PoolPaths.Refuse("path");
        var entries = new List<SessionFile>();
        byte[]? cursor = null;
        do
        {
            var reply = await files.List(context.Caller, session, folder, recursive: false, cursor, PageSize, context.RequestAborted);
            if (reply.Value is not { } page)
                return ProblemResult.From(reply.Refusal!);
            entries.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null && entries.Count < MostListed);
        return request.IsOld
            ? Results.Json(new ValueList<OldAnswer<OldFile>>([.. entries.Select(static entry => new OldAnswer<OldFile>(PoolPaths.Old(entry)))]), DynamicSessionsJson.Plain.ValueListOldAnswerOldFile)
            : Results.Json(new ValueList<PooledFile>([.. entries.Select(PoolPaths.New)]), DynamicSessionsJson.Plain.ValueListPooledFile);
    });

    public Task<IResult> Get(HttpContext context, PoolRequest request, string name) => AtFile(context, request, name, async (session, path) =>
    {
        var reply = await files.Stat(context.Caller, session, path, context.RequestAborted);
        return reply.Value is { } file ? Results.Json(PoolPaths.New(file), DynamicSessionsJson.Plain.PooledFile) : ProblemResult.From(reply.Refusal!);
    });

    public Task<IResult> Download(HttpContext context, PoolRequest request, string name) => AtFile(context, request, name, async (session, path) =>
    {
        var reply = await files.Open(context.Caller, session, path, context.RequestAborted);
        if (reply.Value is not { } found)
            return ProblemResult.From(reply.Refusal!);
        context.Response.RegisterForDisposeAsync(found);
        ByteRanges.Bound(context.Request);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return Results.Stream(found.Content, AnyContent, lastModified: found.File.ModifiedAt, enableRangeProcessing: true);
    });

    public Task<IResult> Delete(HttpContext context, PoolRequest request, string name) => AtFile(context, request, name, async (session, path) =>
    {
        var reply = await files.Remove(context.Caller, session, path, recursive: false, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : Results.NoContent();
    });

    public Task<IResult> Upload(HttpContext context, PoolRequest request, bool isOld)
    {
        var isForm = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            && type.MediaType.Equals(FileParts.MediaType, StringComparison.OrdinalIgnoreCase);
        return isForm
            ? AtSession(context, request, session => Upload(context, request, session, isOld))
            : Task.FromResult<IResult>(ProblemResult.Of(ProblemCodes.UnsupportedMediaType, $"Must be {FileParts.MediaType}."));
    }

    private async Task<IResult> Upload(HttpContext context, PoolRequest request, SessionId session, bool isOld)
    {
        var written = new List<SessionFile>();
        var refusal = await FileParts.ForEach(context, async (name, content) =>
        {
            if (PoolPaths.ToSandbox(request.Folder, name) is not { Length: > 0 } path)
                return new Refusal(RefusalCodes.InvalidRequest, PoolPaths.Rule, "file");
            var reply = await files.Write(context.Caller, session, path, content, overwrite: true, context.RequestAborted);
            if (reply.Refusal is { } refused)
                return refused;
            var stat = await files.Stat(context.Caller, session, path, context.RequestAborted);
            if (stat.Value is { } file)
                written.Add(file);
            return stat.Refusal;
        });
        if (refusal is not null)
            return ProblemResult.From(refusal);
        if (written is not [var first, ..])
            return ProblemResult.From(new Refusal(RefusalCodes.InvalidRequest, "The form has no part of the name file.", "file"));
        return isOld
            ? Results.Json(new ValueList<OldAnswer<OldFile>>([.. written.Select(static file => new OldAnswer<OldFile>(PoolPaths.Old(file)))]), DynamicSessionsJson.Plain.ValueListOldAnswerOldFile)
            : Results.Json(PoolPaths.New(first), DynamicSessionsJson.Plain.PooledFile);
    }

    private Task<IResult> AtFile(HttpContext context, PoolRequest request, string name, Func<SessionId, string, Task<IResult>> act) =>
        PoolPaths.ToSandbox(request.Folder, name) is { Length: > 0 } path
            ? AtSession(context, request, session => act(session, path))
            : Task.FromResult(PoolPaths.Refuse("name"));

    private async Task<IResult> AtSession(HttpContext context, PoolRequest request, Func<SessionId, Task<IResult>> act)
    {
        if (request.Identifier is not { } identifier)
            return CodeRequest.WithoutIdentifier();
        SessionId id = default;
        var touched = await pooled.Use(
            context.Caller,
            identifier,
            session => grains.GetGrain<ISessionGrain>((id = session).ToString()).Touch(context.Caller, context.RequestAborted),
            context.RequestAborted);
        if (touched.Refusal is { } refusal)
            return ProblemResult.From(refusal);
        return await holder.PassOn(context, context.Caller, id) switch
        {
            Answering.Here => await act(id),
            Answering.Elsewhere => Results.Empty,
            _ => ProblemResult.From(Holder.Unreachable),
        };
    }
}
