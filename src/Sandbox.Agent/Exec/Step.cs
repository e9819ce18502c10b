using Sandbox.Agent.Kernels;
using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Exec;

/// <summary>
/// One step of a kernel that keeps its state. Lives on the loop; only its <see cref="Log"/> is seen by other threads.
/// It is over when the kernel says so or ends. What is in the pipes at that moment was written before and is part of it;
/// what is written later belongs to the next step.
/// </summary>
internal sealed class Step : IExecution, IOutputSink, IStepMessages
{
    private const int Interrupt = 2;

    // From the interrupt, which leaves the kernel its state, to the end of the kernel.
    private const double GraceMilliseconds = 2000;

    private readonly EventLoop loop;
    private readonly ExecStart start;
    private readonly Kernel kernel;
    private readonly OutputBudget budget;
    private readonly RichOutput rich;
    private readonly OutputPipe stdout;
    private readonly OutputPipe stderr;
    private LoopTimer? limitTimer;
    private long began;
    private ExecEnd? endedBy;
    private int? exitCode;
    private ProcessEnd? kernelEnd;
    private bool ending;
    private bool finished;

    public Step(EventLoop loop, ExecStart start, Kernel kernel)
    {
        this.loop = loop;
        this.start = start;
        this.kernel = kernel;
        budget = new OutputBudget(start.Limits.OutputBytes ?? long.MaxValue);
        rich = new RichOutput(Log, budget);
        // The pipes are the kernel's.
        stdout = new OutputPipe(loop, kernel.Process.Stdout, OutputStream.Stdout, this, _ => { });
        stderr = new OutputPipe(loop, kernel.Process.Stderr, OutputStream.Stderr, this, _ => { });
        Log.RoomMade = () => loop.Post(OnRoomMade);
    }

    public OutputLog Log { get; } = new();

    /// <summary>Called once, on the loop, when the result is known.</summary>
    public required Action Finished { get; init; }

    /// <summary>What is over the limit is read and thrown away, so that the step's end is not held up.</summary>
    public int Room => budget.Exceeded ? int.MaxValue : Log.Room;

    public bool HasRoom => rich.IsEmpty && Room > 0;

    public void Begin(ExecInput input)
    {
        began = ProcessClock.Now();
        loop.Watch(stdout);
        loop.Watch(stderr);
        if (start.Limits.WallSeconds is { } seconds)
            limitTimer = loop.After(seconds * 1000, () => Stop(ExecEnd.Timeout));
        string id = Guid.NewGuid().ToString("N");
        string? cwd = kernel.HasSteps ? null : start.Cwd;
        kernel.BeginStep(this);
        kernel.Link.BeginStep(id, KernelRequest.Step(id, cwd, start, input), this);
    }

    public void Signal(int signal)
    {
        if (IsOver)
            return;
        if (signal != ProcessTree.Kill)
        {
            ProcessTree.SignalGroup(kernel.Process.Pid, began, signal);
            return;
        }

        endedBy ??= ExecEnd.Killed;
        KillKernel();
    }

    public void OnKernelExit(ProcessEnd how)
    {
        kernelEnd = how;
        kernel.Link.Close();
        End();
    }

    public void OnData(OutputStream stream, ReadOnlySpan<byte> data)
    {
        int keep = budget.Take(stream, data.Length);
        Log.Append(stream, data[..keep]);
        StopWhenTooMuch();
    }

    public void OnEnd(OutputStream stream) => FinishWhenComplete();

    public void BeforeMessages()
    {
        ReadOnce(stdout);
        ReadOnce(stderr);
    }

    public void OnRich(ReadOnlySpan<byte> line)
    {
        rich.Add(line);
        StopWhenTooMuch();
    }

    public void OnDone(int code) => exitCode ??= code;

    public void AfterMessages()
    {
        if (exitCode is not null)
            End();
    }

    private bool IsOver => exitCode is not null || kernelEnd is not null;

    private static void ReadOnce(OutputPipe pipe)
    {
        if (pipe.Events != 0)
            pipe.OnReady();
    }

    private void StopWhenTooMuch()
    {
        if (budget.Exceeded)
            Stop(ExecEnd.OutputLimit);
    }

    /// <summary>Interrupts and then, where that does not help, kills; the first reason is the one that is told.</summary>
    private void Stop(ExecEnd reason)
    {
        if (endedBy is not null)
            return;
        endedBy = reason;
        if (IsOver)
            return;
        loop.Cancel(limitTimer);
        limitTimer = loop.After(GraceMilliseconds, KillKernel);
        ProcessTree.SignalGroup(kernel.Process.Pid, began, Interrupt);
    }

    private void KillKernel() => ProcessTree.SignalTree(kernel.Process.Pid, ProcessTree.Kill);

    private void End()
    {
        if (ending)
            return;
        ending = true;
        loop.Cancel(limitTimer);
        stdout.EndWithWhatIsThere();
        stderr.EndWithWhatIsThere();
        FinishWhenComplete();
    }

    private void OnRoomMade()
    {
        rich.Move();
        if (ending)
        {
            stdout.ReadWhatIsThere();
            stderr.ReadWhatIsThere();
        }

        FinishWhenComplete();
    }

    private void FinishWhenComplete()
    {
        if (finished || !ending || !stdout.Ended || !stderr.Ended || !rich.IsEmpty)
            return;
        finished = true;
        kernel.EndStep();
        Log.Complete(new ExecResult(
            exitCode ?? kernelEnd?.ExitCode,
            exitCode is null ? kernelEnd?.Signal : null,
            endedBy ?? ExecEnd.Program,
            budget.StdoutBytes,
            budget.StderrBytes,
            budget.StdoutTruncated,
            budget.StderrTruncated,
            DiskFull: Libc.DiskFull("/workspace") == 1 || Libc.DiskFull("/tmp") == 1,
            StartError: null,
            KernelEnded: kernelEnd is not null));
        Finished();
    }
}
