using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>Code that is busy with everything that there is, while it is saved: it is still there afterwards, in both places.</summary>
public sealed class HostileMemoryTests(GvisorNode node) : MemoryTestBase(node), IClassFixture<GvisorNode>
{
    private static readonly SandboxLimits Roomy = new(2, 512 << 20, 64 << 20, 128);

    public static TheoryData<string> Busy => [.. BusyPrograms.All.Keys];

    [Theory]
    [MemberData(nameof(Busy))]
    public async Task Checkpoint_OfBusyCode_GoesOnInBothPlaces(string what)
    {
        await using var sandbox = await Start("x = 41", Roomy);
        await Begin(sandbox, ["/usr/bin/python3", "-c", BusyPrograms.All[what]]);

        await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token);
        await using var inPlace = await Found(sandbox.Id);
        await using var copy = await Node.Runtime.Restore(Node.Spec(Roomy), image, Token);

        foreach (var each in (SandboxHandle[])[inPlace, copy])
        {
            Assert.Equal("42\n", (await FinishedStep.Run(each, "x += 1\nprint(x)")).Text);
            // Still at it, and not broken by what happened.
            await using var exec = await each.Agent.Exec(new ExecRequest("busy", 0, null), default, default, Token);
            await each.Agent.Signal("busy", 9, Token);
            var run = await FinishedRun.Read(exec, Token);
            Assert.True(run.Result is { EndedBy: ExecEnd.Killed } && run.ErrorText.Length == 0, $"{what}: {run}");
        }
    }

    [Theory]
    [InlineData("node", "require('http').createServer((q, r) => r.end()).listen(0, '127.0.0.1', () => console.log('begun'))", "-e")]
    [InlineData("python3", """
        import asyncio
        async def main():
            await asyncio.start_server(lambda r, w: None, '127.0.0.1', 8000)
            connection = await asyncio.open_connection('127.0.0.1', 8000)
            print('begun', flush=True)
            await asyncio.sleep(1000)
        asyncio.run(main())
        """, "-c")]
    public async Task Checkpoint_TcpWaitedForByEpoll_GoesOnWhetherItCouldBeSavedOrNot(string program, string code, string option)
    {
        await using var sandbox = await Start("x = 41", Roomy);
        await Begin(sandbox, ["/usr/bin/" + program, option, code]);

        var failure = await Record.ExceptionAsync(async () => await (await Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token)).DisposeAsync());

        // Old releases of gVisor cannot.
        Assert.True(failure is null || failure is SandboxImageException refusal && refusal.Message.Contains("epoll", StringComparison.Ordinal), failure?.ToString());
        await using var found = await Found(sandbox.Id);
        Assert.Equal("41\n", (await FinishedStep.Run(found, "print(x)")).Text);
        Assert.Contains("busy", found.Agent.KnownExecs);
    }

    [Fact]
    public async Task Checkpoint_AgentTakenOver_NeverQuiet_FailsAndEndsWithTheSandbox()
    {
        await using var sandbox = await Start();
        // What a taken-over agent could do: nobody answers any more, and its socket stays.
        await Node.Runtime.Freeze(sandbox.Id, frozen: true, Token);

        await Assert.ThrowsAsync<SandboxImageException>(() => Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token));
        await Node.Runtime.Destroy(sandbox.Id, Token);

        Assert.Empty(Node.Traces.Find());
    }

    [Fact]
    public async Task Checkpoint_ChannelFolderFullOfTraps_TouchesNothingOfTheHost()
    {
        await using var sandbox = await Start();
        var channel = Node.Layout.ChannelOf(sandbox.Id);
        var victim = Path.Combine(Path.GetTempPath(), Node.Instance + ".victim");
        await File.WriteAllTextAsync(victim, "host", Token);
        try
        {
            File.CreateSymbolicLink(Path.Combine(channel, AgentProtocol.ResumeFile), victim);

            await using (await Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token))
            {
            }

            await using var found = await Found(sandbox.Id);
            Assert.Equal("host", await File.ReadAllTextAsync(victim, Token));
        }
        finally
        {
            File.Delete(victim);
        }
    }

    private static async Task Begin(SandboxHandle sandbox, IReadOnlyList<string> argv)
    {
        var request = new ExecRequest("busy", 0, FinishedRun.Start(null, argv, new ExecLimits(300, long.MaxValue)) with { KillAllOnExit = false });
        await using var exec = await sandbox.Agent.Exec(request, default, default, Token);
        await foreach (var output in exec.Output(Token))
        {
            Assert.True(output.Stream == OutputStream.Stdout, System.Text.Encoding.UTF8.GetString(output.Data.Span));
            break;
        }
    }
}
