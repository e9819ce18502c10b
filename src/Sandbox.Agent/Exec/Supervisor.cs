using Sandbox.Agent.Kernels;
using Sandbox.Agent.Loop;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Exec;

/// <summary>Every kernel and execution of the sandbox. Its methods may be called from any thread; the work is done on the loop.</summary>
internal sealed class Supervisor
{
    private readonly EventLoop loop;
    private readonly Spawner spawner;
    private readonly Reaper reaper;
    private readonly ExecTable execs = new();
    private readonly Dictionary<string, Kernel> kernels = [];
    private readonly Dictionary<int, Action<ProcessEnd>> owners = [];
    private readonly IdleMemory memory;
    private LoopTimer? deadline;

    public Supervisor(EventLoop loop, Spawner spawner)
    {
        this.loop = loop;
        this.spawner = spawner;
        memory = new IdleMemory(loop);
        reaper = new Reaper(loop, OnProcessEnded);
        reaper.Start();
    }

    /// <summary>Executions that can be attached to.</summary>
    public Task<IReadOnlyList<string>> KnownExecs() => loop.Run(() => execs.Ids);

    /// <summary>Completes when the kernel waits for code.</summary>
    public async Task StartKernel(StartKernelRequest request)
    {
        Kernel kernel = await loop.Run(() => AddKernel(request));
        await kernel.Started;
    }

    /// <summary>The output of the execution of that id; null where there is none.</summary>
    public Task<OutputLog?> Find(string id) => loop.Run(() => execs.FindLog(id));

    /// <summary>Starts an execution unless one of that id is known.</summary>
    public Task<(OutputLog Log, bool Started)> Start(string id, ExecStart start, ExecInput input) =>
        loop.Run(() => execs.FindLog(id) is { } known ? (known, false) : (Launch(id, start, input), true));

    /// <summary>Signals an execution that still runs; false where none of that id is known.</summary>
    public Task<bool> Signal(string id, int signal) => loop.Run(() =>
    {
        execs.FindRunning(id)?.Signal(signal);
        return execs.FindLog(id) is not null;
    });

    /// <summary>The standard input of an execution that runs.</summary>
    public Task<ExecInputGate> FindInput(string id) => loop.Run(() => Running(id) is Execution { Input: { } pipe } exec
        ? new ExecInputGate(loop, pipe, mayClose: !exec.HasTerminal)
        : throw new RequestException(AgentErrors.InputClosed, "The execution takes no input any more."));

    /// <summary>Changes the size of an execution's terminal.</summary>
    public Task<bool> Resize(string id, TerminalSize size) => loop.Run(() => Running(id) switch
    {
        null => true,
        Execution exec when exec.Resize(size) => true,
        _ => throw new RequestException(AgentErrors.Invalid, "The execution has no terminal."),
    });

    /// <summary>Ends the sandbox after a time, whatever happens; replaces an earlier deadline.</summary>
    public Task<bool> SetDeadline(double seconds) => loop.Run(() =>
    {
        MoveDeadline(seconds);
        return true;
    });

    // Null where it has ended.
    private IExecution? Running(string id) => execs.FindLog(id) is null
        ? throw new RequestException(AgentErrors.NotFound, "No such execution.")
        : execs.FindRunning(id);

    private void MoveDeadline(double seconds)
    {
        loop.Cancel(deadline);
        deadline = loop.After(seconds * 1000, EndSandbox);
    }

    private static void EndSandbox()
    {
        ProcessTree.KillAllExcept([]);
        _ = Libc.Exit(0);
    }

    private Kernel AddKernel(StartKernelRequest request)
    {
        if (kernels.TryGetValue(request.Id, out Kernel? known))
            return known;
        var kernel = new Kernel(loop, Spawn(new ProgramStart(request.Argv, request.Env, request.Cwd), withLink: true));
        kernels.Add(request.Id, kernel);
        owners.Add(kernel.Process.Pid, how =>
        {
            kernels.Remove(request.Id);
            kernel.OnExit(how);
        });
        return kernel;
    }

    private OutputLog Launch(string id, ExecStart start, ExecInput input)
    {
        Kernel? kernel = start.Kernel is { } name ? FindKernel(name, start.Step) : null;
        if (start.DeadlineSeconds is { } seconds)
            MoveDeadline(seconds);
        if (kernel is not null && start.Step)
            return RunStep(id, start, input, kernel);
        var exec = new Execution(loop, start, KillAll) { Finished = () => OnExecEnded(id) };
        execs.Add(id, exec);
        if (kernel is not null)
            UseKernel(start, input, kernel, exec);
        else
            StartProgram(start, input, exec);
        return exec.Log;
    }

    private Kernel FindKernel(string name, bool forStep)
    {
        if (!kernels.TryGetValue(name, out Kernel? kernel) || !kernel.IsReady || (kernel.HasSteps && !forStep))
            throw new RequestException(AgentErrors.NotFound, "No such kernel waits for code.");
        return kernel.RunsStep ? throw new RequestException(AgentErrors.Busy, "The kernel runs a step.") : kernel;
    }

    private OutputLog RunStep(string id, ExecStart start, ExecInput input, Kernel kernel)
    {
        var step = new Step(loop, start, kernel) { Finished = () => OnExecEnded(id) };
        execs.Add(id, step);
        step.Begin(input);
        return step.Log;
    }

    private void UseKernel(ExecStart start, ExecInput input, Kernel kernel, Execution exec)
    {
        kernels.Remove(start.Kernel!);
        owners[kernel.Process.Pid] = exec.OnExit;
        exec.Begin(kernel.Process, input.Stdin, kernel.Link);
        kernel.Link.SendJob(KernelRequest.Job(start, input));
    }

    private void StartProgram(ExecStart start, ExecInput input, Execution exec)
    {
        try
        {
            StartedProcess process = Spawn(new ProgramStart(start.Argv, start.Env, start.Cwd), withLink: false, start.Terminal);
            owners.Add(process.Pid, exec.OnExit);
            exec.Begin(process, input.Stdin, kernelLink: null);
        }
        catch (SpawnException failure)
        {
            exec.FailToStart(failure.Message);
        }
    }

    private StartedProcess Spawn(ProgramStart program, bool withLink, TerminalSize? terminal = null)
    {
        StartedProcess process = terminal is null ? spawner.Start(program, withLink) : spawner.StartOnTerminal(program, terminal);
        reaper.OnSpawned();
        return process;
    }

    private void OnExecEnded(string id)
    {
        execs.OnEnded(id);
        memory.OnWork();
    }

    private void KillAll() => ProcessTree.KillAllExcept([.. kernels.Values.Select(kernel => kernel.Process.Pid)]);

    private void OnProcessEnded(int pid, ProcessEnd how)
    {
        if (owners.Remove(pid, out Action<ProcessEnd>? owner))
            owner(how);
    }
}
