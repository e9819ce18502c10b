using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class OutputTests(AgentBinary binary)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Output_TenMegabytes_ArrivesExactly()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.RunShell("seq 1 1300000", output: 20 << 20);

        Assert.Equal(Numbers(1_300_000), run.Out);
    }

    [Fact]
    public async Task Output_ConnectionKilledMidStream_ResumesWithoutLossOrRepetition()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        var received = new MemoryStream();
        long last = 0;
        ExecResult? result = null;
        var start = Runs.Shell("seq 1 400000", output: 20 << 20);

        for (int connection = 0; result is null; connection++)
        {
            AgentClient client = await box.Connect();
            await using IAgentExec exec = await client.Exec(new ExecRequest("long", last, connection == 0 ? start : null), default, default, Cancellation);
            int pieces = 0;
            // As every host does: the acknowledgement before may have been lost with its connection.
            if (connection > 0)
                await exec.Acknowledge(last, Cancellation);
            await foreach (AgentOutput output in exec.Output(Cancellation))
            {
                received.Write(output.Data.Span);
                last = output.Sequence;
                // Some is acknowledged and some is not when the connection goes.
                if (++pieces % 2 == 0)
                    await exec.Acknowledge(last, Cancellation);
                if (pieces == 5)
                    break;
            }

            if (pieces < 5)
                result = await exec.Result;
            await client.DisposeAsync();
        }

        Assert.Equal(Numbers(400_000), Encoding.UTF8.GetString(received.ToArray()));
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(received.Length, result.StdoutBytes);
    }

    [Fact]
    public async Task Output_EndedWhileNobodyWasConnected_IsStillThere()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using (AgentClient first = await box.Connect())
            await using (await first.Exec(new ExecRequest("alone", 0, Runs.Shell("echo one; echo two >&2; exit 5")), default, default, Cancellation))
            {
            }

        await using AgentClient client = await box.Connect();
        Assert.Contains("alone", client.KnownExecs);
        await using IAgentExec exec = await client.Exec(new ExecRequest("alone", 0, null), default, default, Cancellation);
        Run run = await exec.ToEnd();

        Assert.Equal(("one\n", "two\n", 5), (run.Out, run.Error, run.Result.ExitCode));
    }

    [Fact]
    public async Task Output_SecondReader_TakesOver()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient old = await box.Connect();
        await using IAgentExec before = await old.Exec(
            new ExecRequest("shared", 0, Runs.Shell("echo first; until [ -e go ]; do sleep 0.01; done; echo second")), default, default, Cancellation);
        await using AgentClient client = await box.Connect();

        await using IAgentExec after = await client.Exec(new ExecRequest("shared", 0, null), default, default, Cancellation);
        await Assert.ThrowsAsync<AgentConnectionException>(before.ToEnd);
        await client.WriteFile(new WriteFileRequest("/workspace/go", 0b110_100_100), Stream.Null, Cancellation);

        Assert.Equal("first\nsecond\n", (await after.ToEnd()).Out);
    }

    [Fact]
    public async Task Output_NobodyReads_ProgramIsHeldUpAndNothingIsLost()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await using IAgentExec exec = await client.Exec(
            new ExecRequest("held", 0, Runs.Shell("seq 1 700000; touch /workspace/through", output: 20 << 20, killAll: false)), default, default, Cancellation);

        // Other requests of the same connection go on; what the program could write is bounded by log, pipe and window.
        for (int look = 0; look < 20; look++)
            Assert.Equal("no\n", (await client.RunShell("[ -e /workspace/through ] && echo yes || echo no", killAll: false)).Out);
        Run run = await exec.ToEnd();

        Assert.Equal(Numbers(700_000), run.Out);
    }

    [Fact]
    public async Task Output_InvalidUtf8AndZeroBytes_ArriveUnchanged()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.RunShell(@"printf 'a\0b\xff\xfe\xe2\x82'; printf '\xf0\x9f' >&2");

        Assert.Equal([(byte)'a', 0, (byte)'b', 0xff, 0xfe, 0xe2, 0x82], run.Stdout);
        Assert.Equal([0xf0, 0x9f], run.Stderr);
    }

    [Fact]
    public async Task Output_CharactersWrittenByteByByte_AreNeverCut()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await using IAgentExec exec = await client.Exec(
            new ExecRequest("slow", 0, Runs.Shell(@"for i in 1 2 3 4 5; do printf '\xf0'; sleep 0.005; printf '\x9f'; sleep 0.005; printf '\x98'; sleep 0.005; printf '\x80'; done")),
            default, default, Cancellation);
        var pieces = new List<string>();

        await foreach (AgentOutput output in exec.Output(Cancellation))
            pieces.Add(Encoding.UTF8.GetString(output.Data.Span));

        Assert.All(pieces, piece => Assert.DoesNotContain('\ufffd', piece));
        Assert.Equal("😀😀😀😀😀", string.Concat(pieces));
    }

    [Fact]
    public async Task Output_LineOfAHundredMegabytes_EndsAtTheLimit()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        Run run = await client.RunShell("head -c 100M /dev/zero", output: 2 << 20);

        Assert.Equal(2 << 20, run.Stdout.Length);
        Assert.Equal(ExecEnd.OutputLimit, run.Result.EndedBy);
    }

    private static string Numbers(int count)
    {
        var text = new StringBuilder();
        for (int i = 1; i <= count; i++)
            text.Append(i).Append('\n');
        return text.ToString();
    }
}
