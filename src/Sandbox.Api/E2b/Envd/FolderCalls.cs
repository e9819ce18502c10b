using Sandbox.Api.E2b.Routing;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Envd;

/// <summary>Folders and files of a sandbox, but for their bytes.</summary>
internal sealed class FolderCalls(SandboxDoor door, ISessionFiles files, TimeProvider time)
{
    private const int PageSize = 1000;

    // Longer lists are not for one message.
    private const int MostEntries = 100_000;

    public Task Stat(HttpContext context, LiveSandbox sandbox) => Answer(context, sandbox, E2bJson.Default.PathRequest, async request =>
    {
        var path = PathOf(request.Path);
        await Tell(context, sandbox, path, await files.Stat(sandbox.Caller, sandbox.Session, SandboxPaths.ToSandbox(path), context.RequestAborted));
    });

    public Task MakeDir(HttpContext context, LiveSandbox sandbox) => Answer(context, sandbox, E2bJson.Default.PathRequest, async request =>
    {
        var path = PathOf(request.Path);
        var inside = SandboxPaths.ToSandbox(path);
        if ((await files.Stat(sandbox.Caller, sandbox.Session, inside, context.RequestAborted)).Value is { } there)
            throw there.Kind == "directory"
                ? new ConnectException(Connect.AlreadyExists, $"The folder '{path}' exists already.")
                : new ConnectException(Connect.InvalidArgument, $"'{path}' exists already and is no folder.");
        await Tell(context, sandbox, path, await files.MakeFolder(sandbox.Caller, sandbox.Session, inside, context.RequestAborted));
    });

    public Task Move(HttpContext context, LiveSandbox sandbox) => Answer(context, sandbox, E2bJson.Default.MoveRequest, async request =>
    {
        var (from, to) = (PathOf(request.Source), PathOf(request.Destination));
        // A source that is not there must leave no folder behind.
        Connect.Value(await files.Stat(sandbox.Caller, sandbox.Session, SandboxPaths.ToSandbox(from), context.RequestAborted));
        Connect.Value(await files.MakeFolder(sandbox.Caller, sandbox.Session, SandboxPaths.ToSandbox(SandboxPaths.ParentOf(to)), context.RequestAborted));
        await Tell(context, sandbox, to, await files.Move(
            sandbox.Caller, sandbox.Session, SandboxPaths.ToSandbox(from), SandboxPaths.ToSandbox(to), overwrite: true, context.RequestAborted));
    });

    public Task Remove(HttpContext context, LiveSandbox sandbox) => Answer(context, sandbox, E2bJson.Default.PathRequest, async request =>
    {
        var reply = await files.Remove(sandbox.Caller, sandbox.Session, SandboxPaths.ToSandbox(PathOf(request.Path)), recursive: true, context.RequestAborted);
        if (reply.Refusal is { } refusal && refusal.Code != RefusalCodes.NotFound)
            throw Connect.Error(refusal);
        await Connect.Empty(context);
    });

    public Task ListDir(HttpContext context, LiveSandbox sandbox) => Answer(context, sandbox, E2bJson.Default.ListRequest, async request =>
    {
        var path = PathOf(request.Path);
        var depth = Math.Max(1, request.Depth);
        var found = Connect.Value(await files.Stat(sandbox.Caller, sandbox.Session, SandboxPaths.ToSandbox(path), context.RequestAborted));
        if (found.Kind is not ("directory" or "link"))
            throw new ConnectException(Connect.InvalidArgument, $"'{path}' is no folder.");
        await Connect.Answer(context, new EntryList(await Read(sandbox, path, depth, context.RequestAborted)), E2bJson.Default.EntryList);
    });

    public async Task WatchDir(HttpContext context, LiveSandbox sandbox)
    {
        if (await door.IsAnsweredElsewhere(context, sandbox))
            return;
        await Connect.Stream(context, E2bJson.Default.WatchRequest, async (request, frames) =>
        {
            ProcessCalls.RequireUser(context);
            var path = PathOf(request.Path);
            await using var watch = Connect.Value(
                await files.Watch(sandbox.Caller, sandbox.Session, SandboxPaths.ToSandbox(path), request.Recursive, context.RequestAborted));
            var entries = request.IncludeEntry ? new Entries(files, sandbox, context.RequestAborted) : null;
            await new WatchStream(watch, path, frames, entries, name => files.Stat(sandbox.Caller, sandbox.Session, SandboxPaths.ToSandbox(name), context.RequestAborted), time)
                .Run(context);
        });
    }

    private async Task<List<Entry>> Read(LiveSandbox sandbox, string path, int depth, CancellationToken cancellationToken)
    {
        var entries = new Entries(files, sandbox, cancellationToken);
        var all = new List<Entry>();
        byte[]? cursor = null;
        do
        {
            var page = Connect.Value(await files.List(
                sandbox.Caller, sandbox.Session, SandboxPaths.ToSandbox(path), recursive: depth > 1, cursor, PageSize, cancellationToken));
            foreach (var file in page.Items.Where(file => file.Path.AsSpan().Count('/') < depth))
                all.Add(await entries.Of(path == "/" ? $"/{file.Path}" : $"{path}/{file.Path}", file));
            if (all.Count > MostEntries)
                throw new ConnectException("resource_exhausted", $"The folder has more than {MostEntries} entries: list it with less depth.");
            cursor = page.Next;
        }
        while (cursor is not null);
        return all;
    }

    private async Task Answer<T>(HttpContext context, LiveSandbox sandbox, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Func<T, Task> act)
        where T : class
    {
        if (await door.IsAnsweredElsewhere(context, sandbox))
            return;
        await Connect.Unary(context, type, request =>
        {
            ProcessCalls.RequireUser(context);
            return act(request);
        });
    }

    private async Task Tell(HttpContext context, LiveSandbox sandbox, string path, Reply<SessionFile> reply) => await Connect.Answer(
        context, new EntryAnswer(await new Entries(files, sandbox, context.RequestAborted).Of(path, Connect.Value(reply))), E2bJson.Default.EntryAnswer);

    private static string PathOf(string? path) => path?.Contains('\0') == true
        ? throw new ConnectException(Connect.InvalidArgument, "path: Must not contain NUL.")
        : SandboxPaths.Absolute(path);
}
