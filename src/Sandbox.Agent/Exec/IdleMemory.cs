using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Exec;

/// <summary>Gives memory back when nothing has ended for a while: many sandboxes of a node wait most of the time.</summary>
internal sealed class IdleMemory(EventLoop loop)
{
    private const double IdleMilliseconds = 1000;

    private LoopTimer? timer;

    public void OnWork()
    {
        loop.Cancel(timer);
        timer = loop.After(IdleMilliseconds, GiveBack);
    }

    private static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = Libc.TrimMemory();
    }
}
