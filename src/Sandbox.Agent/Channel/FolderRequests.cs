using Sandbox.Agent.Files;
using Sandbox.Protocol;

namespace Sandbox.Agent.Channel;

/// <summary>What is in the sandbox's folders, and changes to it.</summary>
internal sealed class FolderRequests(FileThread thread)
{
    // Each may have as many folders open as a tree is deep.
    private readonly SemaphoreSlim listings = new(4);

    public async Task Stat(Request request)
    {
        StatRequest wanted = await request.Header(ProtocolJson.Default.StatRequest);
        Check.AbsolutePath(wanted.Path);
        FileEntry entry = await thread.Run(() => FileDescription.Stat(wanted.Path));
        await request.Reply(entry, ProtocolJson.Default.FileEntry);
    }

    public async Task List(Request request)
    {
        ListRequest wanted = await request.Header(ProtocolJson.Default.ListRequest);
        Check.Page(wanted);
        await listings.WaitAsync(request.Closed);
        try
        {
            await List(request, wanted);
        }
        finally
        {
            listings.Release();
        }
    }

    private async Task List(Request request, ListRequest wanted)
    {
        FolderLister lister = await thread.Run(() => new FolderLister(wanted));
        try
        {
            await InTurns(request, lister.Turn);
            await request.Reply(lister.Reply(), ProtocolJson.Default.ListReply);
        }
        finally
        {
            await thread.Run(lister.Dispose);
        }
    }

    public async Task Move(Request request)
    {
        MoveRequest wanted = await request.Header(ProtocolJson.Default.MoveRequest);
        Check.AbsolutePath(wanted.From);
        Check.AbsolutePath(wanted.To);
        await thread.Run(() => Places.Move(wanted));
        await request.Done();
    }

    public async Task Make(Request request)
    {
        MakeFolderRequest wanted = await request.Header(ProtocolJson.Default.MakeFolderRequest);
        Check.AbsolutePath(wanted.Path);
        await thread.Run(() => Places.MakeFolder(wanted));
        await request.Done();
    }

    public async Task Remove(Request request)
    {
        RemoveRequest wanted = await request.Header(ProtocolJson.Default.RemoveRequest);
        Check.AbsolutePath(wanted.Path);
        TreeRemover remover = await thread.Run(() => new TreeRemover(wanted));
        try
        {
            await InTurns(request, remover.Turn);
            await request.Done();
        }
        finally
        {
            await thread.Run(remover.Dispose);
        }
    }

    /// <summary>Gives the file thread a turn at a time until there is no more to do, so that nobody waits for a large tree.</summary>
    private async Task InTurns(Request request, Func<bool> turn)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(request.Closed);
        Task abandoned = request.Drain(done.Token);
        try
        {
            while (await thread.Run(turn))
            {
                if (abandoned.IsCompleted)
                    throw new IOException("The host abandoned the request.");
            }
        }
        finally
        {
            await done.CancelAsync();
            await abandoned.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
