using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

/// <summary>How steps are interrupted and ended, and that their state outlives it.</summary>
public sealed class StepLimitTests(AgentBinary binary)
{
    private const int Interrupt = 2;
    private const string Busy = "open('begun', 'w').close()\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("import time\ntime.sleep(1000)")]
    [InlineData("while True: pass")]
    [InlineData("import threading\nthreading.Event().wait()")]
    [InlineData("!sleep 1000")]
    [InlineData("!trap '' INT; while :; do sleep 0.1; done")]
    [InlineData("import subprocess\nsubprocess.run(['sleep', '1000'])")]
    [InlineData("await __import__('asyncio').sleep(1000)")]
    [InlineData("import signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\ntime.sleep(1000)")]
    [InlineData("class R:\n  def __repr__(self):\n    while True: pass\nR()")]
    public async Task Interrupt_OfAStep_LeavesTheState(string code)
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await session.Run("x = 'kept'");

        Run run = await InterruptOnceBegun(session, code);

        Assert.Equal((130, ExecEnd.Program, false), (run.Result.ExitCode, run.Result.EndedBy, run.Result.KernelEnded));
        Assert.Equal("KeyboardInterrupt", (string?)run.Only("error")["name"]);
        Assert.EndsWith("KeyboardInterrupt\n", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("/kernels/", run.Error, StringComparison.Ordinal);
        Assert.Equal("'kept'", (await session.Run("x")).ResultText());
    }

    [Theory]
    [InlineData("f()", "Traceback (most recent call last):\n  File \"<step 2>\", line 2, in <module>\n    f()\n  File \"<step 1>\", line 3, in f\n    time.sleep(1000)\nKeyboardInterrupt\n")]
    [InlineData("try: f()\nexcept BaseException:\n    1/0", "    time.sleep(1000)\nKeyboardInterrupt\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"<step 2>\", line 4, in <module>\n    1/0\n    ~^~\nZeroDivisionError: division by zero\n")]
    public async Task Interrupt_OfAStep_ShowsOnlyTheCodeOfSteps(string code, string expected)
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await session.Run("import time\ndef f():\n    time.sleep(1000)");

        Run run = await InterruptOnceBegun(session, code);

        Assert.True(run.Error.EndsWith(expected, StringComparison.Ordinal), run.Error);
        Assert.DoesNotContain("/kernels/", run.Error + string.Concat(run.Rich), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupt_OfAStep_SparesWhatAnEarlierOneLeftRunning()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await session.Run("import subprocess, time\np = subprocess.Popen(['sleep', '1000'])\ntime.sleep(0.05)");

        await InterruptOnceBegun(session, "time.sleep(1000)");

        Assert.Equal("None", (await session.Run("str(p.poll())")).ResultText()!.Trim('\''));
    }

    [Fact]
    public async Task Interrupt_ThatComesTooLate_DoesNothing()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        Run pid = await session.Run("import os\nos.getpid()");
        await using IAgentExec ended = await session.Begin("ended", "x = 'kept'");
        await ended.ToEnd();

        await session.Client.Signal("ended", Interrupt, Cancellation);
        await session.Client.Signal("ended", 9, Cancellation);
        await session.Client.RunShell($"kill -INT {pid.ResultText()}", killAll: false);

        Assert.Equal("'kept'", (await session.Run("x")).ResultText());
    }

    [Fact]
    public async Task Kill_OfAStep_EndsTheKernel()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await using IAgentExec exec = await session.Begin("victim", "print('before')\nimport time\ntime.sleep(1000)");

        await session.Client.Signal("victim", 9, Cancellation);
        Run run = await exec.ToEnd();

        Assert.Equal((9, ExecEnd.Killed, true), (run.Result.Signal, run.Result.EndedBy, run.Result.KernelEnded));
    }

    [Fact]
    public async Task WallLimit_OfAStepThatCanBeInterrupted_LeavesTheState()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await session.Run("x = 'kept'");

        Run run = await session.Run("print('before')\nwhile True: pass", wall: 0.3);

        Assert.Equal((130, ExecEnd.Timeout, false), (run.Result.ExitCode, run.Result.EndedBy, run.Result.KernelEnded));
        Assert.Equal("before\n", run.Out);
        Assert.Equal("'kept'", (await session.Run("x")).ResultText());
    }

    [Fact]
    public async Task WallLimit_OfAStepThatCannotBeInterrupted_EndsTheKernelAndItsTree()
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run run = await session.Run(
            "import subprocess\nsubprocess.Popen(['sleep', '1000'])\nimport time\nwhile True:\n  try: time.sleep(1000)\n  except KeyboardInterrupt: print('no')", wall: 0.3);

        Assert.Equal((9, ExecEnd.Timeout, true), (run.Result.Signal, run.Result.EndedBy, run.Result.KernelEnded));
        Assert.Equal("no\n", run.Out);
        while (session.Box.CountProcesses() > 1)
            await Task.Delay(5, Cancellation);
    }

    [Theory]
    [InlineData("while True: print('abcdefg')")]
    [InlineData("import sys\nwhile True: sys.stderr.write('abcdefg')")]
    [InlineData("!yes")]
    public async Task OutputLimit_OfAStep_KeepsExactlyTheLimitAndTheState(string code)
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await session.Run("x = 'kept'");

        Run run = await session.Run(code, output: 3_000_001);

        Assert.Equal(3_000_001, run.Stdout.Length + run.Stderr.Length + run.Rich.Sum(line => line.Length + 1));
        Assert.Equal((ExecEnd.OutputLimit, false), (run.Result.EndedBy, run.Result.KernelEnded));
        Assert.Equal("'kept'", (await session.Run("x")).ResultText());
    }

    [Fact]
    public async Task OutputLimit_ReachedByRichOutput_EndsTheStep()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await session.Run("x = 'kept'");

        Run run = await session.Run("while True: display('a' * 1000)", output: 100_000);

        Assert.Equal(ExecEnd.OutputLimit, run.Result.EndedBy);
        Assert.InRange(run.Rich.Sum(line => line.Length + 1), 90_000, 100_000);
        Assert.Equal("'kept'", (await session.Run("x")).ResultText());
    }

    [Fact]
    public async Task OutOfMemory_KilledKernel_IsToldAsEnded()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await using IAgentExec exec = await session.Begin("victim", Busy + "while True: pass");

        // As the kernel's out-of-memory killer does it: nobody asked the agent.
        await session.Client.RunShell("until [ -e begun ]; do sleep 0.01; done; kill -9 $(pgrep python3)", killAll: false);
        Run run = await exec.ToEnd();

        Assert.Equal((9, ExecEnd.Program, true), (run.Result.Signal, run.Result.EndedBy, run.Result.KernelEnded));
    }

    private static async Task<Run> InterruptOnceBegun(StepSession session, string code)
    {
        string id = Runs.NewId();
        await using IAgentExec exec = await session.Begin(id, Busy + code);
        await session.Client.RunShell("until [ -e begun ]; do sleep 0.01; done; rm begun", killAll: false);
        await session.Client.Signal(id, Interrupt, Cancellation);
        return await exec.ToEnd();
    }
}
