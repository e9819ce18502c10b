using Sandbox.Agent.Exec;
using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Kernels;

/// <summary>A kernel that starts, or waits for code. It is used up by the code that it gets.</summary>
internal sealed unsafe class Kernel
{
    private const double StartMilliseconds = 60_000;
    private const int MostErrorBytes = 1024;

    private readonly EventLoop loop;
    private readonly LoopTimer startTimer;
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Kernel(EventLoop loop, StartedProcess process)
    {
        this.loop = loop;
        Process = process;
        Link = new KernelLink(loop, process.Link, OnReady);
        startTimer = loop.After(StartMilliseconds, () => ProcessTree.SignalTree(process.Pid, ProcessTree.Kill));
    }

    public StartedProcess Process { get; }

    public KernelLink Link { get; }

    /// <summary>Completes when it waits for code; fails when it ended instead.</summary>
    public Task Started => started.Task;

    public bool IsReady => started.Task.IsCompletedSuccessfully;

    /// <summary>The process ended without ever getting code.</summary>
    public void OnExit(ProcessEnd how)
    {
        loop.Cancel(startTimer);
        started.TrySetException(new SpawnException($"The kernel ended before it was ready ({how}): {FirstWordsOfError()}"));
        // Nobody may be waiting for it.
        _ = started.Task.Exception;
        Link.Close();
        _ = Libc.Close(Process.Stdin);
        _ = Libc.Close(Process.Stdout);
        _ = Libc.Close(Process.Stderr);
    }

    private void OnReady()
    {
        loop.Cancel(startTimer);
        started.TrySetResult();
    }

    private string FirstWordsOfError()
    {
        byte* buffer = stackalloc byte[MostErrorBytes];
        int got = Libc.Read(Process.Stderr, buffer, MostErrorBytes);
        return got > 0 ? System.Text.Encoding.UTF8.GetString(buffer, got).Trim() : "no reason given";
    }
}
