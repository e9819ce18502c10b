using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class LimitTests(AgentBinary binary)
{
    private const string Daemon = "python3 -c 'import os,time\nif os.fork(): os._exit(0)\nos.setsid()\nif os.fork(): os._exit(0)\nwhile 1: time.sleep(1)'";

    [Theory]
    [InlineData("sleep 1000")]
    [InlineData("trap '' TERM INT HUP; while :; do sleep 1; done")]
    [InlineData("exec >&- 2>&- <&-; sleep 1000")]
    [InlineData("(setsid sleep 1000 &) ; setsid sleep 1000 & sleep 1000")]
    [InlineData("b() { b | b & }; b; sleep 1000")]
    public async Task WallLimit_Exceeded_KillsEverything(string script)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.RunShell($"ulimit -u 300; {script}", wall: 0.5);

        Assert.Equal(ExecEnd.Timeout, run.Result.EndedBy);
        Assert.Equal(9, run.Result.Signal);
        await OnlyTheAgentIsLeft(box);
    }

    [Fact]
    public async Task WallLimit_WithoutKillAllOnExit_KillsTheTreeButNotOthers()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using IAgentExec other = await client.Exec(
            new ExecRequest("other", 0, Runs.Shell("read x; echo unharmed", killAll: false)), default, default, cancellation);
        await using IAgentExec waiting = await client.Exec(
            new ExecRequest("waiting", 0, Runs.Shell("sleep 2; echo unharmed", killAll: false)), default, default, cancellation);

        Run run = await client.RunShell("sleep 1000 & (setsid sleep 1000; true) & sleep 1000", wall: 0.3, killAll: false);

        Assert.Equal(ExecEnd.Timeout, run.Result.EndedBy);
        Assert.Equal("unharmed\n", (await other.ToEnd()).Out);
        Assert.Equal("unharmed\n", (await waiting.ToEnd()).Out);
        await OnlyTheAgentIsLeft(box);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(3_000_001)]
    public async Task OutputLimit_Exceeded_KeepsExactlyTheLimit(int limit)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.RunShell("yes abcdefg", output: limit);

        Assert.Equal(limit, run.Stdout.Length + run.Stderr.Length);
        Assert.Equal(ExecEnd.OutputLimit, run.Result.EndedBy);
        Assert.True(run.Result.StdoutTruncated);
        Assert.True(run.Result.StdoutBytes > limit);
    }

    [Fact]
    public async Task OutputLimit_ExactlyReached_IsNoBreach()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.RunShell("printf 12345; printf 678 >&2", output: 8);

        Assert.Equal(new ExecResult(0, null, ExecEnd.Program, 5, 3, false, false, false, null), run.Result);
    }

    [Fact]
    public async Task Kill_Requested_EndsTheTreeAndSaysSo()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using IAgentExec exec = await client.Exec(
            new ExecRequest("victim", 0, Runs.Shell($"{Daemon}; sleep 1000 & sleep 1000")), default, default, cancellation);

        await client.Signal("victim", 9, cancellation);
        Run run = await exec.ToEnd();

        Assert.Equal(ExecEnd.Killed, run.Result.EndedBy);
        Assert.Equal(9, run.Result.Signal);
        await OnlyTheAgentIsLeft(box);
    }

    [Fact]
    public async Task KillAllOnExit_ProcessesThatOutliveTheProgram_AreKilledAndReaped()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.RunShell($"{Daemon}; setsid sleep 1000 & nohup sleep 1000 & echo done");

        Assert.Equal("done\n", run.Out);
        Assert.Equal(0, run.Result.ExitCode);
        await OnlyTheAgentIsLeft(box);
    }

    [Fact]
    public async Task KillAllOnExit_WaitingKernel_IsSpared()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.StartKernel(KernelTests.Start("python", "k"), TestContext.Current.CancellationToken);

        Assert.Equal("done\n", (await client.RunShell($"{Daemon}; setsid sleep 1000 & echo done")).Out);
        Run run = await client.Run(Runs.OnKernel("k"), code: "print('alive')"u8.ToArray());

        Assert.Equal("alive\n", run.Out);
    }

    [Fact]
    public async Task WithoutKillAllOnExit_BackgroundProcessHoldsNothingUp()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.RunShell("setsid sleep 1000 & echo done", killAll: false);
        Run alive = await client.RunShell("pgrep -c sleep", killAll: false);

        Assert.Equal("done\n", run.Out);
        Assert.Equal("1\n", alive.Out);
    }

    [Theory]
    [InlineData("head -c 100M /dev/zero >/workspace/big 2>/dev/null", true)]
    [InlineData("head -c 100M /dev/zero >/tmp/big 2>/dev/null", true)]
    [InlineData("i=0; while true >/workspace/f$i; do i=$((i+1)); done 2>/dev/null", true)]
    [InlineData("head -c 1M /dev/zero >/workspace/small", false)]
    public async Task DiskFull_AtTheEnd_IsTold(string script, bool full)
    {
        await using AgentBox box = await AgentBox.Start(binary, disk: "8m");
        await using AgentClient client = await box.Connect();

        Run run = await client.RunShell(script);

        Assert.Equal(full, run.Result.DiskFull);
    }

    [Fact]
    public async Task Deadline_Reached_EndsTheSandbox()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using IAgentExec exec = await client.Exec(
            new ExecRequest("endless", 0, Runs.Shell("sleep 1000")), default, default, cancellation);

        await client.SetDeadline(TimeSpan.FromHours(1), cancellation);
        await client.SetDeadline(TimeSpan.FromMilliseconds(100), cancellation);

        await box.WaitForExit();
        await client.Disconnected.WaitAsync(cancellation);
        await Assert.ThrowsAsync<AgentConnectionException>(exec.ToEnd);
    }

    [Fact]
    public async Task Exec_WithDeadline_EndsTheSandboxThen()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await client.SetDeadline(TimeSpan.FromHours(1), cancellation);

        await using IAgentExec exec = await client.Exec(
            new ExecRequest("endless", 0, Runs.Shell("sleep 1000") with { DeadlineSeconds = 0.1 }), default, default, cancellation);

        await box.WaitForExit();
        await Assert.ThrowsAsync<AgentConnectionException>(exec.ToEnd);
    }

    private static async Task OnlyTheAgentIsLeft(AgentBox box)
    {
        // A killed process is gone a moment later; the test's own time limit is what ends this.
        while (box.CountProcesses() > 1)
            await Task.Delay(5, TestContext.Current.CancellationToken);
    }
}
