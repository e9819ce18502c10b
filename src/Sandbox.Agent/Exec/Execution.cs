using Sandbox.Agent.Kernels;
using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Exec;

/// <summary>
/// One execution, from its start to its result. Lives on the loop; only its <see cref="Log"/> is seen by other threads.
/// It ends when its main process has ended and its output has: at the end of both pipes or, where a process that outlives
/// it keeps them open, after a while without output.
/// </summary>
internal sealed class Execution : IOutputSink, IExecution
{
    // Long enough for what the last writes left in the pipes.
    private const double QuietMilliseconds = 200;

    // After everything was killed the pipes end by themselves; this is for what not even SIGKILL ends.
    private const double KilledQuietMilliseconds = 1000;

    private readonly EventLoop loop;
    private readonly ExecStart start;
    private readonly Action killAll;
    private readonly OutputBudget budget;
    private StartedProcess? process;
    private KernelLink? link;
    private OutputPipe? stdout;
    private OutputPipe? stderr;
    private ProcessEnd? end;
    private ExecEnd endedBy = ExecEnd.Program;
    private LoopTimer? wallTimer;
    private LoopTimer? quietTimer;
    private long killedAt = long.MaxValue;
    private bool finished;

    /// <param name="loop">The loop that it lives on.</param>
    /// <param name="start">What was asked for.</param>
    /// <param name="killAll">Kills every process of the sandbox but waiting kernels.</param>
    public Execution(EventLoop loop, ExecStart start, Action killAll)
    {
        this.loop = loop;
        this.start = start;
        this.killAll = killAll;
        budget = new OutputBudget(start.Limits.OutputBytes ?? long.MaxValue);
        // A full log keeps the pipes out of the poll; the loop has to look again.
        Log.RoomMade = () => loop.Post(() => { });
    }

    public OutputLog Log { get; } = new();

    /// <summary>Its standard input; null until it has begun.</summary>
    public InputPipe? Input { get; private set; }

    /// <summary>Called once, on the loop, when the result is known.</summary>
    public required Action Finished { get; init; }

    /// <summary>What is over the limit is read and thrown away, so that the program's end is not held up.</summary>
    public int Room => budget.Exceeded ? int.MaxValue : Log.Room;

    /// <summary>Takes a running process over.</summary>
    public void Begin(StartedProcess started, IReadOnlyList<ReadOnlyMemory<byte>> input, KernelLink? kernelLink)
    {
        process = started;
        link = kernelLink;
        link?.ReceiveResult(value => Log.Append(OutputStream.Result, value));
        stdout = new OutputPipe(loop, started.Stdout, OutputStream.Stdout, this, fd => _ = Libc.Close(fd));
        loop.Watch(stdout);
        if (start.Terminal is null)
        {
            stderr = new OutputPipe(loop, started.Stderr, OutputStream.Stderr, this, fd => _ = Libc.Close(fd));
            loop.Watch(stderr);
        }

        if (start.Limits.WallSeconds is { } seconds)
            wallTimer = loop.After(seconds * 1000, () => Kill(ExecEnd.Timeout));
        bool keepOpen = start.KeepInput || start.Terminal is not null;
        Input = new InputPipe(loop, started.Stdin, input, keepOpen, fd => _ = Libc.Close(fd));
    }

    /// <summary>Changes the size of its terminal; false where it has none.</summary>
    public bool Resize(TerminalSize size)
    {
        if (start.Terminal is null)
            return false;
        if (stdout is { Ended: false })
            _ = Libc.ResizeTerminal(stdout.Fd, size.Columns, size.Rows);
        return true;
    }

    public void FailToStart(string reason)
    {
        finished = true;
        Log.Complete(new ExecResult(null, null, ExecEnd.Program, 0, 0, false, false, DiskFull: false, reason));
        Finished();
    }

    public void OnExit(ProcessEnd how)
    {
        end = how;
        if (start.KillAllOnExit)
            killAll();
        FinishWhenQuiet();
    }

    public void OnData(OutputStream stream, ReadOnlySpan<byte> data)
    {
        int keep = budget.Take(stream, data.Length);
        Log.Append(stream, data[..keep]);
        if (budget.Exceeded)
            Kill(ExecEnd.OutputLimit);
        FinishWhenQuiet();
    }

    public void OnEnd(OutputStream stream) => FinishWhenQuiet();

    /// <summary>Kills all processes; the first reason is the one that is told.</summary>
    public void Kill(ExecEnd reason)
    {
        if (finished || process is null || killedAt != long.MaxValue)
            return;
        killedAt = EventLoop.Now;
        // A program that had ended by itself was not ended by a limit that its left-overs ran into.
        if (end is null || reason == ExecEnd.OutputLimit)
            endedBy = reason;
        if (start.KillAllOnExit)
            killAll();
        else
            ProcessTree.SignalTree(process.Pid, ProcessTree.Kill);
        FinishWhenQuiet();
    }

    public bool HasTerminal => start.Terminal is not null;

    public void Signal(int signal)
    {
        if (finished || process is null)
            return;
        if (signal == ProcessTree.Kill)
            Kill(ExecEnd.Killed);
        else
            ProcessTree.SignalTree(process.Pid, signal);
    }

    private bool Killed => killedAt != long.MaxValue;

    private void FinishWhenQuiet()
    {
        if (finished || end is null)
            return;
        loop.Cancel(quietTimer);
        if (stdout!.Ended && stderr is not { Ended: false })
            Finish();
        else if (Killed && EventLoop.Now - killedAt > KilledQuietMilliseconds && Room > 0)
            Finish();
        else
            quietTimer = loop.After(start.KillAllOnExit || Killed ? KilledQuietMilliseconds : QuietMilliseconds, OnQuiet);
    }

    private void OnQuiet()
    {
        // Nothing was read because the host is slow, not because there was nothing.
        if (Room > Utf8Boundary.MaxHeld)
            Finish();
        else
            FinishWhenQuiet();
    }

    private void Finish()
    {
        finished = true;
        loop.Cancel(wallTimer);
        loop.Cancel(quietTimer);
        Input!.End();
        stdout!.End();
        stderr?.End();
        link?.Close();
        Log.Complete(new ExecResult(
            end!.Value.ExitCode,
            end.Value.Signal,
            endedBy,
            budget.StdoutBytes,
            budget.StderrBytes,
            budget.StdoutTruncated,
            budget.StderrTruncated,
            DiskFull: Libc.DiskFull("/workspace") == 1 || Libc.DiskFull("/tmp") == 1,
            StartError: null));
        Finished();
    }
}
