using Sandbox.Agent.Files;
using Sandbox.Agent.Loop;
using Sandbox.Protocol;

namespace Sandbox.Agent.Channel;

/// <summary>Tells the host what happens in folders.</summary>
internal sealed class WatchRequests(FileThread thread, EventLoop loop)
{
    private const int MostWatches = 16;

    private int open;

    public async Task Serve(Request request)
    {
        WatchRequest wanted = await request.Header(ProtocolJson.Default.WatchRequest);
        Check.AbsolutePath(wanted.Path);
        try
        {
            if (Interlocked.Increment(ref open) > MostWatches)
                throw new RequestException(AgentErrors.Busy, $"There are {MostWatches} watches already.");
            FolderWatch watch = await thread.Run(() => new FolderWatch(wanted));
            try
            {
                await Serve(request, watch);
            }
            finally
            {
                await thread.Run(watch.Dispose);
            }
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task Serve(Request request, FolderWatch watch)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(request.Closed);
        Task abandoned = request.Drain(done.Token);
        var signal = new WatchSignal(loop, watch.Fd);
        await signal.Start();
        try
        {
            await Grow(request, watch, abandoned);
            await request.Done();
            while (!abandoned.IsCompleted && !watch.Ended)
            {
                await Task.WhenAny(signal.Readable(), abandoned);
                while (!abandoned.IsCompleted && await Tell(request, watch, watch.Read))
                    await Grow(request, watch, abandoned);
            }

            await request.Writer.Write(FrameType.End, default, request.Closed);
        }
        finally
        {
            await signal.Stop();
            await done.CancelAsync();
            await abandoned.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Grow(Request request, FolderWatch watch, Task abandoned)
    {
        while (!abandoned.IsCompleted && await Tell(request, watch, watch.Grow))
        {
        }
    }

    private async Task<bool> Tell(Request request, FolderWatch watch, Func<List<FileEvent>, bool> turn)
    {
        List<FileEvent> events = [];
        bool more = await thread.Run(() => turn(events));
        foreach (FileEvent told in events)
            await request.Reply(told, ProtocolJson.Default.FileEvent);
        return more && !watch.Ended;
    }
}
