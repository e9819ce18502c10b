using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

/// <summary>The agent closes its channel so that it can be saved, and opens it again.</summary>
public sealed class QuiesceTests(AgentBinary binary)
{
    private const string NextToken = "the-token-after-that";
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Quiesce_UntilTold_HasNoSocketOpenAndThenListensWithTheNewToken()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient other = await box.Connect();
        await Quiesce(box, Long);
        await other.Disconnected.WaitAsync(Cancellation);

        Assert.DoesNotContain(Descriptors(box), target => target.StartsWith("socket:", StringComparison.Ordinal));
        string resume = Resume(box, NextToken);
        await using AgentClient client = await AgentClient.ConnectAsync(await box.OpenSocket(), NextToken, Cancellation);

        Assert.False(File.Exists(resume));
        Assert.Equal("fine\n", (await client.RunShell("echo fine")).Out);
        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => box.Connect());
        Assert.Equal(AgentErrors.Unauthorized, refusal.Code);
    }

    [Fact]
    public async Task Quiesce_WithoutAWord_ListensAgainByItself()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        for (int i = 0; i < 3; i++)
        {
            await using AgentClient client = await Reconnect(box);
            Assert.Equal("fine\n", (await client.RunShell("echo fine")).Out);
            await client.Quiesce(TimeSpan.FromMilliseconds(50), refuseTcpWaits: false, Cancellation);
            await client.Disconnected.WaitAsync(Cancellation);
        }

        await using AgentClient last = await Reconnect(box);
        Assert.Equal("fine\n", (await last.RunShell("echo fine")).Out);
    }

    [Fact]
    public async Task Quiesce_FileOfAnEarlierTime_IsNotTakenForThisOne()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        string resume = Resume(box, "old");

        await Quiesce(box, Long);

        Assert.False(File.Exists(resume));
        Assert.False(File.Exists(box.SocketPath));
        Resume(box, AgentBox.Token);
        await using AgentClient client = await box.Connect();
    }

    [Theory]
    [InlineData("")]
    [InlineData("long")]
    public async Task Quiesce_ToldWithoutAToken_KeepsTheOldOne(string content)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await Quiesce(box, Long);

        Resume(box, content.Length == 0 ? "" : new string('x', 100_000));
        await using AgentClient client = await box.Connect();

        Assert.Equal("fine\n", (await client.RunShell("echo fine")).Out);
    }

    [Fact]
    public async Task Quiesce_InTheMiddleOfAStep_StepGoesOn()
    {
        await using StepSession session = await StepSession.Start(binary, "python");
        const string code = "import os, time\nfor i in range(50_000): print(i)\nopen('half', 'w').close()\nwhile not os.path.exists('go'): time.sleep(0.01)\nfor i in range(50_000): print(i)";
        await using (await session.Begin("long", code))
        {
        }

        await Quiesce(session.Box, Long);
        Resume(session.Box, AgentBox.Token);
        await using AgentClient client = await session.Box.Connect();
        await client.RunShell("touch go", killAll: false);
        await using IAgentExec exec = await client.Exec(new ExecRequest("long", 0, null), default, default, Cancellation);
        Run run = await exec.ToEnd();

        string expected = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{i}\n"));
        Assert.Equal(expected + expected, run.Out);
        Assert.Equal(0, run.Result.ExitCode);
    }

    [Fact]
    public async Task Quiesce_LimitsPassedMeanwhile_StoodStill()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using (AgentClient before = await box.Connect())
        {
            await before.SetDeadline(TimeSpan.FromSeconds(3), Cancellation);
            await using IAgentExec exec = await before.Exec(
                new ExecRequest("waits", 0, Runs.Shell("until [ -e go ]; do sleep 0.01; done") with { Limits = new ExecLimits(3, 1000), KillAllOnExit = false }), default, default, Cancellation);
        }

        await Quiesce(box, Long);
        // Longer than both have.
        await Task.Delay(TimeSpan.FromSeconds(4), Cancellation);
        Resume(box, AgentBox.Token);
        await using AgentClient client = await box.Connect();
        await client.SetDeadline(TimeSpan.FromMinutes(2), Cancellation);
        await client.RunShell("touch go", killAll: false);
        await using IAgentExec waits = await client.Exec(new ExecRequest("waits", 0, null), default, default, Cancellation);

        Run run = await waits.ToEnd();
        Assert.Equal((0, ExecEnd.Program), (run.Result.ExitCode, run.Result.EndedBy));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(301)]
    [InlineData(double.MaxValue)]
    public async Task Quiesce_ForNoSuchTime_IsRefusedAndNothingCloses(double seconds)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        TimeSpan most = seconds > 1000 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(seconds);
        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => client.Quiesce(most, refuseTcpWaits: false, Cancellation));

        Assert.Equal(AgentErrors.Invalid, refusal.Code);
        Assert.Equal("fine\n", (await client.RunShell("echo fine")).Out);
    }

    [Theory]
    [InlineData("require('net').createServer().listen(0, '127.0.0.1', () => console.log('begun'))", true)]
    [InlineData("require('net').createServer().listen('/tmp/socket', () => console.log('begun'))", false)]
    public async Task Quiesce_TcpWaitedForByEpoll_IsRefusedWhereAskedTo(string code, bool refused)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await using IAgentExec exec = await client.Exec(
            new ExecRequest("server", 0, Runs.Shell("") with { Argv = ["/usr/bin/node", "-e", code] }), default, default, Cancellation);
        await foreach (AgentOutput _ in exec.Output(Cancellation))
            break;

        Exception? failure = await Record.ExceptionAsync(() => client.Quiesce(Long, refuseTcpWaits: true, Cancellation));

        Assert.Equal(refused ? AgentErrors.Busy : null, (failure as AgentRequestException)?.Code);
        if (refused)
            await client.Quiesce(Long, refuseTcpWaits: false, Cancellation);
    }

    private static async Task Quiesce(AgentBox box, TimeSpan most)
    {
        await using (AgentClient client = await box.Connect())
            await client.Quiesce(most, refuseTcpWaits: false, Cancellation);
        while (File.Exists(box.SocketPath))
            await Task.Delay(1, Cancellation);
    }

    // A connection that comes while the socket is being closed is closed with it.
    private static async Task<AgentClient> Reconnect(AgentBox box)
    {
        while (true)
        {
            try
            {
                return await box.Connect();
            }
            catch (AgentConnectionException)
            {
                await Task.Delay(1, Cancellation);
            }
        }
    }

    private static string Resume(AgentBox box, string token)
    {
        string resume = Path.Combine(Path.GetDirectoryName(box.SocketPath)!, AgentProtocol.ResumeFile);
        File.WriteAllText(resume + ".new", token);
        File.Move(resume + ".new", resume);
        return resume;
    }

    private static IEnumerable<string> Descriptors(AgentBox box) =>
        Directory.EnumerateFileSystemEntries($"/proc/{box.AgentPid}/fd").Select(path => new FileInfo(path).LinkTarget).OfType<string>();
}
