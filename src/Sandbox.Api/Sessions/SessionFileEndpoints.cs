using System.Buffers.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>The routes under <c>/v1/sessions/{id}/files</c>, and the watching of them. Bytes stream: no file is ever held in memory.</summary>
internal static class SessionFileEndpoints
{
    private const int LongestCursor = 12 * 1024;
    private const int DefaultPage = 200;
    private const int LargestPage = 1000;

    public static void MapSessionFiles(this RouteGroupBuilder sessions)
    {
        var files = sessions.MapGroup("/{id}/files").WithTags("Files").AddEndpointFilter<RouteGroupBuilder, AtHolder>();
        files.MapGet("", List).DescribeListFiles();
        files.MapPost("/move", Move).DescribeMoveFile();
        files.MapPost("/folder", MakeFolder).DescribeMakeFolder();
        files.MapGet("/{**path}", Read).DescribeReadFile();
        files.MapMethods("/{**path}", ["HEAD"], Read).DescribeFileHead();
        files.MapPut("/{**path}", Write).DescribeWriteFile();
        files.MapDelete("/{**path}", Remove).DescribeRemoveFile();
        sessions.MapGet("/{id}/watch", Watch).WithTags("Files").AddEndpointFilter<AtHolder>().DescribeWatchFiles();
    }

    private static async Task<Results<Ok<FileList>, ProblemResult>> List(string id, HttpContext context, ISessionFiles files)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var path = query.Single("path") ?? string.Empty;
        var recursive = query.Flag("recursive");
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Single("cursor") is { } text ? ReadCursor(text, errors) : null;
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        var reply = await files.List(context.Caller, session, path, recursive, cursor, limit, context.RequestAborted);
        if (reply.Value is not { } page)
            return ProblemResult.From(reply.Refusal!);
        var (next, isTooDeep) = NextOf(page);
        return TypedResults.Ok(new FileList
        {
            Items = [.. page.Items.Select(FileInfo.From)],
            Incomplete = page.Incomplete || isTooDeep,
            NextCursor = next,
        });
    }

    private static async Task<Results<FileStreamHttpResult, ProblemResult>> Read(string id, HttpContext context, ISessionFiles files)
    {
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        if (FilePath.Read(context, out var path) is { } bad)
            return bad;
        var reply = await files.Open(context.Caller, session, path, context.RequestAborted);
        if (reply.Value is not { } found)
            return ProblemResult.From(reply.Refusal!);
        return FileContentResult.Of(found, context);
    }

    private static async Task<Results<Ok<WrittenFileInfo>, Created<WrittenFileInfo>, ProblemResult>> Write(
        string id, HttpContext context, ISessionFiles files, IArtifactStore artifacts)
    {
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        if (FilePath.Read(context, out var path) is { } bad)
            return bad;
        var (content, wrong) = await FileSource.Open(context, artifacts);
        if (content is null)
            return wrong!;
        context.Response.RegisterForDisposeAsync(content);
        var overwrite = !context.Request.GetTypedHeaders().IfNoneMatch.Any(static tag => tag == EntityTagHeaderValue.Any);
        var reply = await files.Write(context.Caller, session, path, content, overwrite, context.RequestAborted);
        if (reply.Value is not { } written)
            return ProblemResult.From(reply.Refusal!);
        context.Response.Headers.ETag = $"\"{written.Sha256}\"";
        var info = new WrittenFileInfo { Path = written.Path, SizeBytes = written.SizeBytes, Sha256 = written.Sha256 };
        return written.Created ? TypedResults.Created((string?)null, info) : TypedResults.Ok(info);
    }

    private static async Task<Results<NoContent, ProblemResult>> Remove(string id, HttpContext context, ISessionFiles files)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var recursive = query.Flag("recursive");
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        if (FilePath.Read(context, out var path) is { } bad)
            return bad;
        var reply = await files.Remove(context.Caller, session, path, recursive, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : TypedResults.NoContent();
    }

    private static Task<Results<Ok<FileInfo>, ProblemResult>> Move(string id, HttpContext context, ISessionFiles files) => Change(
        id,
        context,
        static body => new MoveFileRequest { From = body.String("from"), To = body.String("to"), Overwrite = body.Boolean("overwrite") },
        static (request, errors) =>
        {
            Require(request.From, "from", errors);
            Require(request.To, "to", errors);
        },
        (request, session) => files.Move(context.Caller, session, request.From!, request.To!, request.Overwrite ?? false, context.RequestAborted));

    private static Task<Results<Ok<FileInfo>, ProblemResult>> MakeFolder(string id, HttpContext context, ISessionFiles files) => Change(
        id,
        context,
        static body => new MakeFolderRequest { Path = body.String("path") },
        static (request, errors) => Require(request.Path, "path", errors),
        (request, session) => files.MakeFolder(context.Caller, session, request.Path!, context.RequestAborted));

    private static async Task<Results<FileChangeStream, ProblemResult>> Watch(string id, HttpContext context, ISessionFiles files)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var path = query.Single("path") ?? string.Empty;
        var recursive = query.Flag("recursive");
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        var reply = await files.Watch(context.Caller, session, path, recursive, context.RequestAborted);
        return reply.Value is { } watch ? new FileChangeStream(watch) : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<Ok<FileInfo>, ProblemResult>> Change<T>(
        string id,
        HttpContext context,
        Func<RequestObject, T> read,
        Action<T, RequestErrors> check,
        Func<T, SessionId, Task<Reply<SessionFile>>> act)
        where T : class
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        if (body is null || RequestObject.Open(body.Root, errors) is not { } root)
            return ProblemResult.From(errors);
        var request = read(root);
        root.RefuseUnknown();
        check(request, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        var reply = await act(request, session);
        return reply.Value is { } file ? TypedResults.Ok(FileInfo.From(file)) : ProblemResult.From(reply.Refusal!);
    }

    private static void Require(string? value, string name, RequestErrors errors)
    {
        if (string.IsNullOrEmpty(value) && !errors.Has(name))
            errors.Add(name, "Is required.");
    }

    /// <summary>The cursor of the next page, and whether there is one that cannot be said: what lies deeper than an address can say cannot be asked for.</summary>
    public static (string? Cursor, bool IsTooDeep) NextOf(SessionFilePage page)
    {
        var next = page.Next is { } position ? Base64Url.EncodeToString(position) : null;
        return next?.Length > LongestCursor ? (null, true) : (next, false);
    }

    /// <summary>What the page before said comes next; null where the text is no cursor, which is noted.</summary>
    public static byte[]? ReadCursor(string text, RequestErrors errors)
    {
        if (text.Length <= LongestCursor && Base64Url.IsValid(text))
            return Base64Url.DecodeFromChars(text);
        errors.Add("cursor", "Is not a cursor that a list answered with.");
        return null;
    }
}
