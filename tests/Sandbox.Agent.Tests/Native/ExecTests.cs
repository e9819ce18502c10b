using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class ExecTests(AgentBinary binary)
{
    [Fact]
    public async Task Exec_Program_HasOutputErrorAndExitCode()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.RunShell("echo out; echo err >&2; cat; exit 3", input: "from outside");

        Assert.Equal("out\nfrom outside", run.Out);
        Assert.Equal("err\n", run.Error);
        Assert.Equal(new ExecResult(3, null, ExecEnd.Program, 16, 4, false, false, false, null), run.Result);
    }

    [Fact]
    public async Task Exec_Program_GetsExactlyTheGivenEnvironmentAndFolder()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        var start = new ExecStart(
            null, ["env"], new Dictionary<string, string> { ["PATH"] = "/usr/bin", ["A"] = "b c\nd" }, "/tmp", new ExecLimits(60, 1000), true);

        Run run = await client.Run(start);
        Run folder = await client.Run(start with { Argv = ["pwd"] });

        Assert.Equal(["A=b c", "PATH=/usr/bin", "d"], run.Out.TrimEnd().Split('\n').Order());
        Assert.Equal("/tmp\n", folder.Out);
    }

    [Fact]
    public async Task Exec_Program_HasNoRightsAndNothingOfTheAgents()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.RunShell("""
            id -u; id -g; id -G
            grep -E '^(Cap|NoNewPrivs|SigIgn|SigBlk)' /proc/self/status | tr -s '\t ' ' '
            ulimit -c; ulimit -n; cat /proc/self/oom_score_adj; umask
            ls /proc/$$/fd
            [ "$(ps -o sid= -p $$ | tr -d ' ')" = "$$" ] && echo leads its session
            kill -9 1 2>&1 | grep -c permitted; cat /proc/1/environ /run/sandbox/agent.sock 2>&1 | grep -c denied
            """);

        Assert.Equal(
            """
            1000
            1000
            1000
            SigBlk: 0000000000000000
            SigIgn: 0000000000000000
            CapInh: 0000000000000000
            CapPrm: 0000000000000000
            CapEff: 0000000000000000
            CapBnd: 0000000000000000
            CapAmb: 0000000000000000
            NoNewPrivs: 1
            0
            4096
            1000
            0022
            0
            1
            2
            leads its session
            1
            2

            """,
            run.Out);
    }

    [Theory]
    [InlineData("no-such-program", "/workspace", "no-such-program: no such file or folder")]
    [InlineData("/etc/passwd", "/workspace", "/etc/passwd: permission denied")]
    [InlineData("true", "/nowhere", "/nowhere: no such file or folder")]
    public async Task Exec_ThatCannotStart_SaysWhy(string program, string cwd, string expected)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.Run(new ExecStart(null, [program], AgentBox.Env, cwd, new ExecLimits(60, 1000), true));

        Assert.Equal(expected, run.Result.StartError);
        Assert.Null(run.Result.ExitCode);
    }

    [Fact]
    public async Task Exec_SameIdTwice_RunsOnce()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        var request = new ExecRequest("once", 0, Runs.Shell("echo $$ >>/workspace/runs; cat"));

        await using IAgentExec first = await client.Exec(request, default, "input"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal(0, (await first.ToEnd()).Result.ExitCode);
        await using IAgentExec second = await client.Exec(request, default, "input"u8.ToArray(), TestContext.Current.CancellationToken);
        Run again = await second.ToEnd();
        Run runs = await client.RunShell("wc -l <runs");

        Assert.True(first.Started);
        Assert.False(second.Started);
        Assert.Equal(0, again.Result.ExitCode);
        Assert.Equal("1\n", runs.Out);
    }

    [Fact]
    public async Task Exec_UnknownIdWithoutStart_IsNotFound()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() =>
            client.Exec(new ExecRequest("nobody", 0, null), default, default, TestContext.Current.CancellationToken));

        Assert.Equal(AgentErrors.NotFound, refusal.Code);
    }

    [Fact]
    public async Task Exec_LargeInput_ArrivesWhole()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        byte[] input = new byte[5_000_000];
        Random.Shared.NextBytes(input);

        Run run = await client.Run(Runs.Shell("sha256sum"), stdin: input);

        Assert.StartsWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(input)), run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_ProgramThatIgnoresItsInput_EndsNormally()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.Run(Runs.Shell("exec <&-; echo done"), stdin: new byte[1_000_000]);

        Assert.Equal("done\n", run.Out);
    }

    [Fact]
    public async Task Exec_EndedBySignal_NamesIt()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.RunShell("kill -SEGV $$");

        Assert.Equal(11, run.Result.Signal);
        Assert.Null(run.Result.ExitCode);
        Assert.Equal(ExecEnd.Program, run.Result.EndedBy);
    }

    [Fact]
    public async Task Exec_Signal_ReachesTheProgram()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using IAgentExec exec = await client.Exec(
            new ExecRequest("signalled", 0, Runs.Shell("""
                python3 -c '
                import signal, sys
                def handle(*_):
                    print("got it"); sys.exit(7)
                signal.signal(signal.SIGUSR1, handle)
                print("ready", flush=True)
                while True: signal.pause()'
                """)),
            default, default, cancellation);
        var text = new StringBuilder();

        await foreach (AgentOutput output in exec.Output(cancellation))
        {
            text.Append(Encoding.UTF8.GetString(output.Data.Span));
            if (text.ToString() == "ready\n")
                await client.Signal("signalled", 10, cancellation);
        }

        Assert.Equal("ready\ngot it\n", text.ToString());
        Assert.Equal(7, (await exec.Result).ExitCode);
    }
}
