using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Files;

/// <summary>Tells when a descriptor can be read, once each time it is asked.</summary>
internal sealed class WatchSignal(EventLoop loop, int fd) : IPollable
{
    private TaskCompletionSource? waiting;

    public int Fd { get; } = fd;

    public short Events => waiting is null ? (short)0 : PollSource.In;

    public void OnReady()
    {
        waiting?.TrySetResult();
        waiting = null;
    }

    public Task Start() => loop.Run(() =>
    {
        loop.Watch(this);
        return true;
    });

    public async Task Readable()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => waiting = ready);
        await ready.Task;
    }

    /// <summary>Completes when the loop does not look at the descriptor any more.</summary>
    public Task Stop() => loop.Run(() =>
    {
        waiting = null;
        loop.Forget(this);
        return true;
    });
}
