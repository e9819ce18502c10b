using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Dashboard.Sessions;

/// <summary>The page with the files of a session, and what its forms do. The paths are the sandbox's: nothing here opens one of them itself.</summary>
internal static class FilePages
{
    private const int PageSize = 200;

    public static void MapFilePages(this RouteGroupBuilder sessions)
    {
        var files = sessions.MapGroup("/{id}/files").AddEndpointFilter<RouteGroupBuilder, FormAgain>().AddEndpointFilter<RouteGroupBuilder, AtHolder>();
        files.MapGet("", List);
        files.MapGet("/content", Read);
        files.MapPut("/content", Write);
        files.MapPost("/folder", MakeFolder);
        files.MapPost("/remove", Remove);
    }

    /// <summary>The address of a folder's page.</summary>
    public static string AddressOf(string session, string path) =>
        $"{SessionPages.Path}/{session}/files" + (path.Length == 0 ? string.Empty : $"?path={Uri.EscapeDataString(path)}");

    /// <summary>The address of a file's content.</summary>
    public static string ContentOf(string session, string path) => $"{SessionPages.Path}/{session}/files/content?path={Uri.EscapeDataString(path)}";

    private static async Task<IResult> List(string id, HttpContext context, ISessionFiles files)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var path = query.Single("path") ?? string.Empty;
        var cursor = query.Single("cursor") is { } text ? SessionFileEndpoints.ReadCursor(text, errors) : null;
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        var reply = await files.List(context.Caller, session, path, recursive: false, cursor, PageSize, context.RequestAborted);
        if (reply.Value is not { } page)
            return ProblemResult.From(reply.Refusal!);
        var (next, isTooDeep) = SessionFileEndpoints.NextOf(page);
        return Page.Of<FilesPage>(new { Session = id, Folder = path, Files = page.Items, Next = next, Incomplete = page.Incomplete || isTooDeep });
    }

    private static async Task<IResult> Read(string id, HttpContext context, ISessionFiles files)
    {
        if (PathOf(context, out var path) is { } wrong)
            return wrong;
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        var reply = await files.Open(context.Caller, session, path, context.RequestAborted);
        return reply.Value is { } found ? FileContentResult.Of(found, context, DownloadName.Of(path)) : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<IResult> Write(string id, HttpContext context, ISessionFiles files)
    {
        if (PathOf(context, out var path) is { } wrong)
            return wrong;
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        var reply = await files.Write(context.Caller, session, path, StreamedBody.OfAnySize(context), overwrite: true, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : TypedResults.NoContent();
    }

    private static async Task<IResult> MakeFolder(string id, HttpContext context, ISessionFiles files)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (folder, name) = (form["folder"].ToString(), form["name"].ToString());
        if (name.Length == 0)
            return Missing("name");
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        var reply = await files.MakeFolder(context.Caller, session, FolderPath.Join(folder, name), context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : Page.SeeOther(AddressOf(id, folder));
    }

    private static async Task<IResult> Remove(string id, HttpContext context, ISessionFiles files)
    {
        if (PathOf(context, out var path) is { } wrong)
            return wrong;
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        var reply = await files.Remove(context.Caller, session, path, recursive: true, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : Page.SeeOther(AddressOf(id, FolderPath.Around(path)));
    }

    // In the address, not in the form: forms change the ends of lines, and names may have them.
    private static ProblemResult? PathOf(HttpContext context, out string path)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        path = query.Single("path") ?? string.Empty;
        query.RefuseUnknown();
        if (path.Length == 0 && !errors.Any)
            errors.Add("path", "Is required.");
        return errors.Any ? ProblemResult.From(errors) : null;
    }

    private static ProblemResult Missing(string name)
    {
        var errors = new RequestErrors();
        errors.Add(name, "Is required.");
        return ProblemResult.From(errors);
    }
}
