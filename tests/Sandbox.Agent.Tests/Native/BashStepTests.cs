using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class BashStepTests(AgentBinary binary)
{
    private const int Interrupt = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Steps_OneAfterAnother_KeepVariablesFunctionsOptionsAndFolder()
    {
        await using StepSession session = await StepSession.Start(binary, "bash");

        Run first = await session.Run("x='a  b'; declare -A map=([k]=v); f() { echo \"f $1 ${map[k]}\"; }; cd /tmp; set -u; set -o pipefail\necho first; false");
        Run second = await session.Run("f \"$x\"; echo $PWD $0 $-; false | true");
        Run third = await session.Run("set +u; [ -z $nothing ] && echo unset");

        Assert.Equal(("first\n", "", 1, false), (first.Out, first.Error, first.Result.ExitCode, first.Result.KernelEnded));
        Assert.Equal(("f a  b v\n/tmp bash huB\n", 1), (second.Out, second.Result.ExitCode));
        Assert.Equal(("unset\n", 0), (third.Out, third.Result.ExitCode));
    }

    [Fact]
    public async Task Step_Errors_NameItsOwnLinesAndLeaveTheShell()
    {
        await using StepSession session = await StepSession.Start(binary, "bash");

        Run command = await session.Run("true\nno-such-command");
        Run syntax = await session.Run("echo 'open");
        Run arithmetic = await session.Run("echo $((1/0))\necho next");
        Run returned = await session.Run("return 5");

        Assert.EndsWith("step.sh: line 2: no-such-command: command not found\n", command.Error, StringComparison.Ordinal);
        Assert.Equal(127, command.Result.ExitCode);
        Assert.Contains("unexpected EOF", syntax.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, syntax.Result.ExitCode);
        Assert.Equal("next\n", arithmetic.Out);
        Assert.Equal((5, false), (returned.Result.ExitCode, returned.Result.KernelEnded));
    }

    [Fact]
    public async Task Step_Input_IsItsOwn()
    {
        await using StepSession session = await StepSession.Start(binary, "bash");

        Run first = await session.Run("read a; echo \"$a\"", stdin: "one\ntwo\n");
        Run second = await session.Run("wc -c; ls -A /tmp", stdin: new string('\0', 1_000_000));
        Run none = await session.Run("wc -c");

        Assert.Equal("one\n", first.Out);
        Assert.Equal("1000000\n", second.Out);
        Assert.Equal("0\n", none.Out);
    }

    [Fact]
    public async Task Step_Environment_IsSetForTheStepAlone()
    {
        await using StepSession session = await StepSession.Start(binary, "bash");
        await session.Run("own=1");

        Run with = await session.Run(
            "own=changed; printenv own A HOME; echo \"$name\"",
            env: new() { ["A"] = "b=c\nd", ["HOME"] = "/tmp", ["own"] = "2", ["not.a.name"] = "x", ["name"] = "n" });
        Run without = await session.Run("echo \"$own ${A-none} $HOME ${name-none}\"; printenv own");

        Assert.Equal("changed\nb=c\nd\n/tmp\nn\n", with.Out);
        Assert.Equal(("1 none /workspace none\n", 1), (without.Out, without.Result.ExitCode));
    }

    [Theory]
    [InlineData("ls /proc/self/fd | tr '\\n' ' '", "0 1 2 3 ")]
    [InlineData("printf 'no newline'", "no newline")]
    [InlineData("echo ä; x=ä; echo ${#x}", "ä\n1\n")]
    [InlineData("IFS=; read() { echo mine; }; printf() { echo mine; }; echo ok", "ok\n")]
    [InlineData("set -C; set -f; trap 'true' DEBUG; echo ok", "ok\n")]
    [InlineData("echo a\0b", "ab\n")]
    public async Task Step_Ordinary_LeavesTheKernelWorking(string code, string expected)
    {
        await using StepSession session = await StepSession.Start(binary, "bash");

        Run run = await session.Run(code);
        Run next = await session.Run("cat", stdin: "next\n");

        Assert.Equal((expected, "", 0), (run.Out, run.Error, run.Result.ExitCode));
        Assert.Equal(("next\n", ""), (next.Out, next.Error));
    }

    [Fact]
    public async Task Step_LongCode_Runs()
    {
        await using StepSession session = await StepSession.Start(binary, "bash");

        Run run = await session.Run(string.Concat(Enumerable.Repeat(": ä\n", 50_000)) + "echo end\0; cat", stdin: "in");

        Assert.Equal(("end\nin", 0), (run.Out, run.Result.ExitCode));
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("set -e\nfalse\necho never", 1)]
    [InlineData("exec sh -c 'exit 4'", 4)]
    [InlineData("trap 'echo bye' EXIT; exit", 0)]
    public async Task Step_ThatEndsItsShell_SaysSo(string code, int exitCode)
    {
        await using StepSession session = await StepSession.Start(binary, "bash");
        await session.Run("x=1");

        Run run = await session.Run(code);
        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => session.Run("true"));

        Assert.Equal((exitCode, true), (run.Result.ExitCode, run.Result.KernelEnded));
        Assert.DoesNotContain("never", run.Out, StringComparison.Ordinal);
        Assert.Equal(AgentErrors.NotFound, refusal.Code);
    }

    [Theory]
    [InlineData("sleep 1000; echo never")]
    [InlineData("while :; do :; done; echo never")]
    [InlineData("while true; do sleep 0.01; done")]
    [InlineData("f() { sleep 1000; echo never; }; g() { f || echo never; echo never; }; g; echo never")]
    [InlineData("sleep 1000 | cat; echo never")]
    [InlineData("y=$(sleep 1000); echo never")]
    [InlineData("sleep 1000 & wait; echo never")]
    [InlineData("set -e; sleep 1000; echo never")]
    [InlineData("python3 -c 'import time; time.sleep(1000)'; echo never")]
    public async Task Interrupt_OfAStep_LeavesItAndKeepsTheShell(string code)
    {
        await using StepSession session = await StepSession.Start(binary, "bash");
        await session.Run("x=kept");
        await using IAgentExec exec = await session.Begin("loop", ">begun; " + code);
        await session.Client.RunShell("until [ -e begun ]; do sleep 0.01; done", killAll: false);

        await session.Client.Signal("loop", Interrupt, Cancellation);
        Run run = await exec.ToEnd();
        Run after = await session.Run("f() { echo $x; }; f");

        Assert.Equal((130, "", false), (run.Result.ExitCode, run.Out, run.Result.KernelEnded));
        Assert.Equal(("kept\n", ""), (after.Out, after.Error));
    }

    [Fact]
    public async Task WallLimit_OfAStep_LeavesTheStateAndWhatRunsInTheBackground()
    {
        await using StepSession session = await StepSession.Start(binary, "bash");
        await session.Run("x=kept; sleep 1000 & pid=$!");

        Run run = await session.Run("echo before; sleep 1000", wall: 0.3);
        Run after = await session.Run("echo $x; kill -0 $pid && echo runs");

        Assert.Equal(("before\n", 130, ExecEnd.Timeout, false), (run.Out, run.Result.ExitCode, run.Result.EndedBy, run.Result.KernelEnded));
        Assert.Equal("kept\nruns\n", after.Out);
    }

    [Fact]
    public async Task Output_Bursts_AreExactAndInTheirStep()
    {
        await using StepSession session = await StepSession.Start(binary, "bash");

        for (int i = 1; i <= 5; i++)
        {
            Run run = await session.Run($"head -c 1000003 /dev/zero | tr '\\0' {i}; head -c 300000 /dev/zero | tr '\\0' {i} >&2");

            Assert.Equal((new string((char)('0' + i), 1_000_003), new string((char)('0' + i), 300_000)), (run.Out, run.Error));
        }
    }
}
