using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

/// <summary>What holds for the steps of any kernel; a Python one stands for them.</summary>
public sealed class StepTests(AgentBinary binary)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Output_BurstsAtTheBorders_AreExactAndInTheirStep()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await session.Run("import os, sys");

        for (int i = 0; i < 10; i++)
        {
            char letter = (char)('a' + i);
            Run run = await session.Run($"os.write(1, b'{letter}' * 1_000_003)\nsys.stdout.write('{letter}' * 500)\nos.write(2, b'{letter}' * 300_000);");

            Assert.Equal(new string(letter, 1_000_503), run.Out);
            Assert.Equal(new string(letter, 300_000), run.Error);
            Assert.Equal((1_000_503, 300_000), (run.Result.StdoutBytes, run.Result.StderrBytes));
        }
    }

    [Fact]
    public async Task Output_EndingInTheMiddleOfACharacter_IsWhole()
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run first = await session.Run("import os\nos.write(1, b'\\xe2\\x82');");
        Run second = await session.Run("os.write(1, b'\\xac');");

        Assert.Equal([0xe2, 0x82], first.Stdout);
        Assert.Equal([0xac], second.Stdout);
    }

    [Fact]
    public async Task Output_OfWhatRunsOn_BelongsToTheNextStep()
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run first = await session.Run("!(until [ -e go ]; do sleep 0.01; done; echo late; touch gone) &\nprint('now')");
        Run between = await session.Client.RunShell("touch go; until [ -e gone ]; do sleep 0.01; done", killAll: false);
        Run second = await session.Run("print('next')");

        Assert.Equal("now\n", first.Out);
        Assert.Equal(0, between.Result.ExitCode);
        Assert.Equal("late\nnext\n", second.Out);
    }

    [Fact]
    public async Task Step_WhileAnotherRuns_IsRefusedAsBusy()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await using IAgentExec running = await session.Begin("running", "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\nx = 1");

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => session.Run("1"));
        await using IAgentExec again = await session.Begin("running", "never run");
        await session.Client.RunShell("touch go", killAll: false);

        Assert.Equal(AgentErrors.Busy, refusal.Code);
        Assert.False(again.Started);
        Assert.Equal(0, (await again.ToEnd()).Result.ExitCode);
        Assert.Equal("1", (await session.Run("x")).ResultText());
    }

    [Fact]
    public async Task Step_NotOfAKernel_IsRefused()
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        foreach (ExecStart start in (ExecStart[])[
            StepSession.Step() with { Kernel = null, Argv = ["true"] },
            StepSession.Step() with { KillAllOnExit = true },
            StepSession.Step() with { Argv = ["x"] }])
        {
            AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => session.Begin(Runs.NewId(), "1", start: start));
            Assert.Equal(AgentErrors.Invalid, refusal.Code);
        }
    }

    [Fact]
    public async Task Job_OnAKernelWithSteps_IsNotFound()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        await session.Run("x = 1");

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => session.Client.Run(Runs.OnKernel(StepSession.Kernel), "1"u8.ToArray()));

        Assert.Equal(AgentErrors.NotFound, refusal.Code);
        Assert.Equal("1", (await session.Run("x")).ResultText());
    }

    [Fact]
    public async Task Step_ConnectionLost_GoesOnAndIsAttachedTo()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        const string code = "for i in range(100_000): print(i)\ndisplay('shown')\nx = 'kept'\nx";
        await using (AgentClient first = await session.Box.Connect())
        await using (await first.Exec(new ExecRequest("long", 0, StepSession.Step()), Encoding.UTF8.GetBytes(code), default, Cancellation))
        {
        }

        await using IAgentExec exec = await session.Client.Exec(new ExecRequest("long", 0, null), default, default, Cancellation);
        Run run = await exec.ToEnd();

        Assert.Equal(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n")), run.Out);
        Assert.Equal("'kept'", run.ResultText());
        Assert.Equal("'kept'", (await session.Run("x")).ResultText());
    }

    [Theory]
    [InlineData("import os\nfor i in range(300): os.write(1000, b'garbage' * 1000)\nos.write(1000, b'\\n')\nx = 1")]
    [InlineData("import os\nos.write(1000, b'{\"type\":\"done\",\"step\":\"\",\"exitCode\":9}\\n{\"type\":\"done\"}\\n{\"type\":\"ready\"}\\n[]\\n\\x00\\xff\\n' + b'[' * 5000 + b'\\n')\nx = 1")]
    [InlineData("import os\nos.write(1000, b'{\"type\":\"display\",\"data\":[]}\\n{\"type\":\"display\",\"data\":{\"a\":\"\\xff\"}}\\n{\"type\":\"result\",\"value\":1}\\n')\nx = 1")]
    public async Task Messages_ForgedOrGarbage_AreIgnored(string code)
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run run = await session.Run(code);

        Assert.Equal((0, 0, false), (run.Result.ExitCode, run.Rich.Count, run.Result.KernelEnded));
        Assert.Null(run.Value);
        Assert.Equal("1", (await session.Run("x")).ResultText());
    }

    [Fact]
    public async Task Link_ClosedByTheProgram_EndsTheKernelAndNotTheAgent()
    {
        await using StepSession session = await StepSession.Start(binary, "python");

        Run run = await session.Run("import os\nprint('before')\nos.close(1000)");

        Assert.Equal(("before\n", true), (run.Out, run.Result.KernelEnded));
        Assert.Equal("fine\n", (await session.Client.RunShell("echo fine")).Out);
    }

    [Fact]
    public async Task Kernel_KilledBetweenSteps_IsNotFound()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        Run pid = await session.Run("import os\nos.getpid()");

        await session.Client.RunShell($"kill -9 {pid.ResultText()}; while [ -e /proc/{pid.ResultText()} ]; do sleep 0.01; done", killAll: false);
        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => session.Run("1"));

        Assert.Equal(AgentErrors.NotFound, refusal.Code);
    }
}
