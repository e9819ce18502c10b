using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Oci;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>A sandbox that is saved with its memory goes on where it was, in its place and anywhere else.</summary>
public sealed class MemoryTests(GvisorNode node) : MemoryTestBase(node), IClassFixture<GvisorNode>
{
    // Says half of its lines, and the rest once somebody has written the file.
    private const string Counter = """
        import os, time
        for i in range(4000):
            if i == 2000:
                while not os.path.exists('go'): time.sleep(0.01)
            print(f'{i:0999}')
        x += 1
        x
        """;

    [Fact]
    public void WithMemory_ThisHost_IsStrong() => Assert.Equal([IsolationClass.Strong], Node.Runtime.WithMemory);

    [Fact]
    public async Task Checkpoint_KernelsOfEveryLanguage_KeepVariablesAndFilesInEachCopy()
    {
        await using var sandbox = await Start();
        (string Kernel, string Set, string Change, string Show)[] languages =
        [
            ("python", "x = 'kept'\nopen('file', 'w').write('of all')", "x += ' on'", "print(x, open('file').read())"),
            ("javascript", "let x = 'kept'", "x += ' on'", "console.log(x, require('fs').readFileSync('file', 'utf8'))"),
            ("bash", "x=kept", "x+=' on'", "echo $x $(cat file)"),
        ];
        foreach (var (kernel, set, _, _) in languages)
        {
            await Node.Kernels.Start(sandbox, kernel, kernel, Token);
            await FinishedStep.Run(sandbox, set, kernel);
        }

        await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token);
        await using var inPlace = await Found(sandbox.Id);
        await using var copy = await Node.Runtime.Restore(Node.Spec(Limits), image, Token);

        Assert.Equal(sandbox.Id, inPlace.Id);
        Assert.NotEqual(sandbox.Id, copy.Id);
        foreach (var (kernel, _, change, show) in languages)
        {
            await FinishedStep.Run(copy, change, kernel);
            Assert.Equal("kept on of all\n", (await FinishedStep.Run(copy, show, kernel)).Text);
            Assert.Equal("kept of all\n", (await FinishedStep.Run(inPlace, show, kernel)).Text);
        }

        await FinishedRun.Command(copy, ["/bin/sh", "-c", "echo other >file"], killAll: false);
        Assert.Equal("of all\n", (await FinishedRun.Command(inPlace, ["/bin/sh", "-c", "cat file; echo"], killAll: false)).Text);
    }

    [Fact]
    public async Task Checkpoint_InTheMiddleOfAStep_EachCopyGoesOnToTheByte()
    {
        await using var sandbox = await Start("x = 41");
        var (first, last) = (new MemoryStream(), 0L);
        await using (var exec = await FinishedStep.Begin(sandbox, "count", Counter))
        {
            await foreach (var output in exec.Output(Token))
            {
                first.Write(output.Data.Span);
                last = output.Sequence;
                await exec.Acknowledge(last, Token);
                if (first.Length > 500_000)
                    break;
            }
        }

        await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token);
        await using var inPlace = await Found(sandbox.Id);
        await using var copy = await Node.Runtime.Restore(Node.Spec(Limits), image, Token);

        var expected = Enumerable.Range(0, 4000).SelectMany(i => Encoding.ASCII.GetBytes(i.ToString("d999", CultureInfo.InvariantCulture) + "\n")).ToArray();
        foreach (var each in (SandboxHandle[])[copy, inPlace])
        {
            Assert.Contains("count", each.Agent.KnownExecs);
            await using var attached = await each.Agent.Exec(new ExecRequest("count", last, null), default, default, Token);
            var step = await FinishedStep.Read(attached, _ => FinishedRun.Command(each, ["/bin/sh", "-c", ": >go"], killAll: false));
            Assert.True(expected.AsSpan().SequenceEqual([.. first.ToArray(), .. step.Stdout]), $"Output differs from what was written: {step.Stdout.Length} {step.Result}");
            Assert.True(step.Result is { ExitCode: 0, KernelEnded: false, StdoutBytes: 4_000_000 }, $"{step.Result}");
            Assert.Equal("42", (string?)step.Only("result")["data"]!["text/plain"]);
        }
    }

    [Fact]
    public async Task Checkpoint_CommandWithInput_GoesOn()
    {
        await using var sandbox = await Start();
        var start = new ExecRequest("filter", 0, FinishedRun.Start(null, ["/bin/sh", "-c", "head -n 1; echo begun; until [ -e go ]; do sleep 0.01; done; cat"]) with { KillAllOnExit = false });
        var input = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 50_000).Select(i => $"line {i}\n")));
        await using (var exec = await sandbox.Agent.Exec(start, default, input, Token))
        {
            // Not acknowledged: all of it comes again.
            await foreach (var _ in exec.Output(Token))
                break;
        }

        await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token);
        await using var copy = await Node.Runtime.Restore(Node.Spec(Limits), image, Token);
        await FinishedRun.Command(copy, ["/bin/sh", "-c", ": >go"], killAll: false);
        await using var attached = await copy.Agent.Exec(new ExecRequest("filter", 0, null), default, default, Token);
        var run = await FinishedRun.Read(attached, Token);

        Assert.True(run.Result?.ExitCode == 0, run.ToString());
        Assert.Equal(["line 0", "begun"], run.Text.Split('\n').Take(2));
        Assert.Equal("line 49999", run.Text.TrimEnd().Split('\n')[^1]);
    }

    [Fact]
    public async Task Restore_FiveSideBySide_EachIsItsOwn()
    {
        await using var sandbox = await Start("import os\nx = 41");
        await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token);
        await Node.Runtime.Destroy(sandbox.Id, Token);

        var copies = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Node.Runtime.Restore(Node.Spec(Limits), image, Token)));
        var texts = await Task.WhenAll(copies.Select(async (copy, i) => (await FinishedStep.Run(copy, $"x += {i}\nprint(x, len(os.urandom(8)))")).Text));
        var random = await Task.WhenAll(copies.Select(async copy => (await FinishedStep.Run(copy, "print(os.urandom(16).hex())")).Text));

        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"{41 + i} 8\n"), texts);
        Assert.Equal(5, random.Distinct().Count());
        Assert.Equal(5, copies.Select(copy => BoxRecord.Read(Node.Layout.BoxOf(copy.Id))!.HostId).Distinct().Count());
        foreach (var copy in copies)
        {
            await copy.DisposeAsync();
            await Node.Runtime.Destroy(copy.Id, Token);
        }
    }

    [Fact]
    public async Task Restore_TwoFromOneImage_NeitherKnowsTheOthersToken()
    {
        await using var sandbox = await Start();
        var before = BoxRecord.Read(Node.Layout.BoxOf(sandbox.Id))!.Token;
        await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token);
        await using var inPlace = await Found(sandbox.Id);
        await using var copy = await Node.Runtime.Restore(Node.Spec(Limits), image, Token);

        string[] tokens = [before, BoxRecord.Read(Node.Layout.BoxOf(sandbox.Id))!.Token, BoxRecord.Read(Node.Layout.BoxOf(copy.Id))!.Token];

        Assert.Equal(3, tokens.Distinct().Count());
        foreach (var wrong in tokens[..2])
        {
            var stream = await AgentSocket.Connect(Node.Layout.SocketOf(copy.Id), Token);
            await Assert.ThrowsAsync<AgentRequestException>(() => AgentClient.ConnectAsync(stream, wrong, Token));
        }
    }

    [Fact]
    public async Task Restore_OtherLimits_AreThoseOfTheSpecAndTheDiskOfTheImage()
    {
        await using var sandbox = await Start("x = 41");
        sandbox.SetLimits(Limits with { MemoryBytes = 320 << 20, Cpu = 0.5 });
        await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token);
        await using var inPlace = await Found(sandbox.Id);

        await using var copy = await Node.Runtime.Restore(Node.Spec(new SandboxLimits(0.25, 384 << 20, 1 << 30, 7)), image, Token);

        Assert.Equal((320L << 20, 0.5), Node.Groups.ReadLimits(Node.Layout.CgroupOf(sandbox.Id)));
        Assert.Equal((384L << 20, 0.25), Node.Groups.ReadLimits(Node.Layout.CgroupOf(copy.Id)));
        Assert.Equal(Limits with { MemoryBytes = 384 << 20, Cpu = 0.25 }, copy.Spec.Limits);
        Assert.Equal(Limits with { MemoryBytes = 320 << 20, Cpu = 0.5 }, inPlace.Spec.Limits);
    }

    [Fact]
    public async Task Checkpoint_AlmostAllMemoryInUse_GoesOnAgainAndAgainWithTheSameLimit()
    {
        await using var sandbox = await Start("import os, hashlib\nx = [os.urandom(1 << 20) for i in range(195)]\ny = hashlib.sha256(b''.join(x[:20])).hexdigest()");
        for (var i = 0; i < 2; i++)
        {
            await (await Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token)).DisposeAsync();
            await using var found = await Found(sandbox.Id);
            Assert.Equal("True 195\n", (await FinishedStep.Run(found, "print(y == hashlib.sha256(b''.join(x[:20])).hexdigest(), len(x))")).Text);
            Assert.Equal(Limits, found.Spec.Limits);
            Assert.InRange(Node.Groups.ReadLimits(Node.Layout.CgroupOf(sandbox.Id))!.Value.MemoryBytes, Limits.MemoryBytes, Limits.MemoryBytes + SandboxStarter.RestoreHeadroom);
        }
    }

    [Fact]
    public async Task Restore_AfterTimeHasPassed_DeadlineAndLimitsStoodStillAndTheClockIsRight()
    {
        await using var sandbox = await Start("import time\nx = 41");
        await using var exec = await FinishedStep.Begin(sandbox, "waits", "print('begun', flush=True)\nimport os\nwhile not os.path.exists('go'): time.sleep(0.01)", wallSeconds: 8);
        await foreach (var _ in exec.Output(Token))
            break;
        await sandbox.Agent.SetDeadline(TimeSpan.FromSeconds(8), Token);
        await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token);
        // Longer than both had left.
        await Task.Delay(TimeSpan.FromSeconds(8), Token);

        await using var copy = await Node.Runtime.Restore(Node.Spec(Limits), image, Token);
        await copy.Agent.SetDeadline(TimeSpan.FromMinutes(5), Token);
        await FinishedRun.Command(copy, ["/bin/sh", "-c", ": >go"], killAll: false);
        await using var attached = await copy.Agent.Exec(new ExecRequest("waits", 0, null), default, default, Token);
        var step = await FinishedStep.Read(attached, _ => Task.CompletedTask);

        Assert.True(step.Result is { ExitCode: 0, EndedBy: ExecEnd.Program }, step.ToString());
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 1;
        var told = long.Parse((await FinishedStep.Run(copy, "print(int(time.time()))")).Text, CultureInfo.InvariantCulture);
        Assert.InRange(told, before, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        Assert.False(copy.Agent.Disconnected.IsCompleted);
    }

    [Fact]
    public async Task ReceiveImage_OfWhatWasStored_IsRestoredByALaterProcess()
    {
        var stored = new MemoryStream();
        await using (var sandbox = await Start("x = 41"))
        {
            await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: true, Token);
            await using (var content = image.OpenRead())
                await content.CopyToAsync(stored, Token);
            Assert.Equal(image.Length, stored.Length);
            await Node.Runtime.Destroy(sandbox.Id, Token);
        }

        await Node.Restart();
        Assert.Empty(Node.Traces.Find());
        stored.Position = 0;
        await using var received = await Node.Runtime.ReceiveImage(stored, stored.Length, Token);
        await using var copy = await Node.Runtime.Restore(Node.Spec(Limits), received, Token);

        Assert.Equal("41\n", (await FinishedStep.Run(copy, "print(x)")).Text);
        await received.DisposeAsync();
        await Node.Runtime.Destroy(copy.Id, Token);
        Assert.Empty(Node.Traces.Find());
    }

    [Fact]
    public async Task Checkpoint_AgainAndAgain_GoesOnEachTime()
    {
        await using var sandbox = await Start("x = 0");
        for (var i = 1; i <= 4; i++)
        {
            await using (await Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token))
            {
            }

            await using var found = await Found(sandbox.Id);
            Assert.Equal($"{i}\n", (await FinishedStep.Run(found, "x += 1\nprint(x)")).Text);
        }
    }

    [Fact]
    public async Task Watch_InThePlaceOfWhatWasSaved_IsMadeAnew()
    {
        await using var sandbox = await Start();
        await using (var watch = await sandbox.Agent.Watch(new WatchRequest("/workspace", true), Token))
        {
            await using var image = await Node.Runtime.Checkpoint(sandbox.Id, stop: false, Token);
            await Assert.ThrowsAsync<AgentConnectionException>(async () => await watch.Events(Token).LastOrDefaultAsync(Token));
        }

        await using var found = await Found(sandbox.Id);
        await using var again = await found.Agent.Watch(new WatchRequest("/workspace", true), Token);
        await FinishedRun.Command(found, ["/bin/sh", "-c", "touch new"], killAll: false);

        Assert.Equal(new FileEvent(FileEventKind.Created, "new"), await again.Events(Token).FirstAsync(Token));
    }
}
