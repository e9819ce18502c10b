using Sandbox.Agent.Exec;
using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Kernels;

/// <summary>
/// A kernel that starts, or waits for code. A job uses it up; steps leave it, with its state, until it ends.
/// </summary>
internal sealed unsafe class Kernel
{
    private const double StartMilliseconds = 60_000;
    private const int MostErrorBytes = 1024;

    private readonly EventLoop loop;
    private readonly LoopTimer startTimer;
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Step? step;
    private bool ended;

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

    /// <summary>True once it has begun a step: from then on it takes no job.</summary>
    public bool HasSteps { get; private set; }

    public bool RunsStep => step is not null;

    public void BeginStep(Step running)
    {
        step = running;
        // A step's input comes with its request: a pipe could end only once.
        if (!HasSteps)
            _ = Libc.Close(Process.Stdin);
        HasSteps = true;
    }

    public void EndStep()
    {
        step = null;
        Link.EndStep();
        if (ended)
            CloseDescriptors();
    }

    /// <summary>The process ended, without a job.</summary>
    public void OnExit(ProcessEnd how)
    {
        ended = true;
        loop.Cancel(startTimer);
        if (step is { } running)
        {
            running.OnKernelExit(how);
            return;
        }

        started.TrySetException(new SpawnException($"The kernel ended before it was ready ({how}): {FirstWordsOfError()}"));
        // Nobody may be waiting for it.
        _ = started.Task.Exception;
        CloseDescriptors();
    }

    private void OnReady()
    {
        loop.Cancel(startTimer);
        started.TrySetResult();
    }

    private void CloseDescriptors()
    {
        Link.Close();
        if (!HasSteps)
            _ = Libc.Close(Process.Stdin);
        _ = Libc.Close(Process.Stdout);
        _ = Libc.Close(Process.Stderr);
    }

    private string FirstWordsOfError()
    {
        byte* buffer = stackalloc byte[MostErrorBytes];
        int got = Libc.Read(Process.Stderr, buffer, MostErrorBytes);
        return got > 0 ? System.Text.Encoding.UTF8.GetString(buffer, got).Trim() : "no reason given";
    }
}
