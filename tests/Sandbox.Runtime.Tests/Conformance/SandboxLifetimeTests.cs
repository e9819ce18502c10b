using System.Security.Cryptography;
using System.Text;
using Sandbox.Protocol;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>Sandboxes outlive the process that made them, and leave nothing when they are destroyed.</summary>
public abstract class SandboxLifetimeTests(TestNode node) : IAsyncDisposable
{
    private static readonly SandboxLimits Limits = new(1, 256 << 20, 64 << 20, 64);

    // A program that says 4 MB and waits in the middle for a file that only the second process writes.
    private const string Speaker = """
        import hashlib, os, sys, time
        def block(i): return hashlib.sha256(str(i).encode()).hexdigest().encode() * 16
        for i in range(2048): sys.stdout.buffer.write(block(i))
        sys.stdout.flush()
        while not os.path.exists('/workspace/go'): time.sleep(0.01)
        for i in range(2048, 4096): sys.stdout.buffer.write(block(i))
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        // A test that failed half-way shall not fail the next one.
        await node.Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Find_AfterRestart_ContinuesOutputToTheByte()
    {
        SandboxId id;
        var received = new MemoryStream();
        long last = 0;
        await using (var first = await node.Runtime.Create(node.Spec(Limits), Token))
        {
            id = first.Id;
            var start = new ExecRequest("speaker", 0, FinishedRun.Start(null, ["/usr/bin/python3", "-c", Speaker], new ExecLimits(60, 16 << 20)));
            await using var exec = await first.Agent.Exec(start, default, default, Token);
            await foreach (var output in exec.Output(Token))
            {
                received.Write(output.Data.Span);
                last = output.Sequence;
                await exec.Acknowledge(last, Token);
                if (received.Length > 1 << 20)
                    break;
            }
        }

        await node.Restart();
        await using (var second = await node.Runtime.Find(id, Token) ?? throw new InvalidOperationException($"The sandbox was not found.\n{node.Log}"))
        {
            Assert.Equal(["speaker"], second.Agent.KnownExecs);
            await using var exec = await second.Agent.Exec(new ExecRequest("speaker", last, null), default, default, Token);
            Assert.False(exec.Started);
            var resumed = false;
            await foreach (var output in exec.Output(Token))
            {
                received.Write(output.Data.Span);
                await exec.Acknowledge(output.Sequence, Token);
                if (!resumed && received.Length == 2 << 20)
                {
                    resumed = true;
                    await FinishedRun.Command(second, ["/bin/sh", "-c", ": > go"], killAll: false);
                }
            }

            Assert.Equal(0, (await exec.Result).ExitCode);
        }

        var expected = Enumerable.Range(0, 4096).SelectMany(i => Enumerable.Repeat(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{i}"))), 16));
        Assert.True(string.Concat(expected) == Encoding.UTF8.GetString(received.ToArray()), "Output differs from what was written.");
        await node.Runtime.Destroy(id, Token);
        Assert.Empty(node.Traces.Find());
    }

    [Fact]
    public async Task Find_DestroyedSandbox_IsNull()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await node.Runtime.Destroy(sandbox.Id, Token);

        Assert.Null(await node.Runtime.Find(sandbox.Id, Token));
    }

    [Fact]
    public async Task Destroy_SandboxFullOfProcesses_LeavesNothing()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        var start = new ExecRequest("many", 0, FinishedRun.Start(null, ["/bin/sh", "-c", "for i in 1 2 3 4 5 6 7 8; do setsid sleep 1000 & done; echo up; wait"]));
        await using var exec = await sandbox.Agent.Exec(start, default, default, Token);
        await foreach (var _ in exec.Output(Token))
            break;
        Assert.NotEmpty(node.Traces.Processes());

        await node.Runtime.Destroy(sandbox.Id, Token);
        await node.Runtime.Destroy(sandbox.Id, Token);

        await sandbox.Agent.Disconnected.WaitAsync(Token);
        Assert.Empty(node.Traces.Find());
    }

    [Fact]
    public async Task Restart_AgainAndAgain_LeavesALivingSandboxItsFiles()
    {
        SandboxId id;
        await using (var made = await node.Runtime.Create(node.Spec(Limits), Token))
            id = made.Id;
        for (var i = 0; i < 3; i++)
        {
            await node.Restart();
            await node.Runtime.Sweep(new HashSet<SandboxId> { id }, Token);
        }

        await using var found = await node.Runtime.Find(id, Token) ?? throw new InvalidOperationException($"The sandbox was not found.\n{node.Log}");
        var run = await FinishedRun.Command(found, ["/bin/sh", "-c", "head -c 4 /etc/passwd && test -x /usr/bin/python3 && test -x /opt/sandbox/sandbox-agent && echo . there"]);
        Assert.True(run.Text == "root. there\n", run.ToString());
        await node.Runtime.Destroy(id, Token);
    }

    [Fact]
    public async Task Sweep_NoSandboxLeft_RemovesTheAgentsOfEarlierProcessesAndHalfRemovedOnes()
    {
        var agents = Path.GetDirectoryName(node.Layout.Agent)!;
        string[] old = [Path.Combine(agents, "agent-0000"), Path.Combine(agents, "agent-0000.1.removed")];
        foreach (var folder in old)
            await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(folder).FullName, "file"), "old", Token);

        await node.Runtime.Sweep(new HashSet<SandboxId>(), Token);

        Assert.Equal([node.Layout.Agent], Directory.EnumerateDirectories(agents, "agent*"));
    }

    [Fact]
    public async Task Sweep_AfterRestart_RemovesExactlyWhatNobodyClaims()
    {
        var ids = new List<SandboxId>();
        for (var i = 0; i < 3; i++)
        {
            await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
            ids.Add(sandbox.Id);
        }

        await node.Restart();
        Assert.Equal(2, await node.Runtime.Sweep(new HashSet<SandboxId> { ids[1] }, Token));

        await using (var kept = await node.Runtime.Find(ids[1], Token))
            Assert.True(kept is not null, node.Log);
        Assert.Null(await node.Runtime.Find(ids[0], Token));
        Assert.Equal(1, await node.Runtime.Sweep(new HashSet<SandboxId>(), Token));
        Assert.Empty(node.Traces.Find());
    }

    [Fact]
    public async Task Sweep_ForeignFolderAmongBoxes_IsLeftAlone()
    {
        var foreign = Path.Combine(node.Layout.Boxes, "not-a-sandbox");
        Directory.CreateDirectory(foreign);

        Assert.Equal(0, await node.Runtime.Sweep(new HashSet<SandboxId>(), Token));

        Assert.True(Directory.Exists(foreign));
        Directory.Delete(foreign);
    }

    [Fact]
    public async Task Create_ManyTimes_FirstConnectionHolds()
    {
        for (var i = 0; i < 10; i++)
        {
            await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
            Assert.False(sandbox.Agent.Disconnected.IsCompleted);
            var run = await FinishedRun.Command(sandbox, ["/bin/echo", "here"]);
            Assert.Equal("here\n", run.Text);
            await node.Runtime.Destroy(sandbox.Id, Token);
        }

        Assert.Empty(node.Traces.Find());
    }

    [Fact]
    public async Task Freeze_OfABusySandbox_StopsItUntilItIsLetGo()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        var start = new ExecRequest("busy", 0, FinishedRun.Start(null, ["/bin/sh", "-c", "echo up; while :; do :; done"]));
        await using var exec = await sandbox.Agent.Exec(start, default, default, Token);
        await using var output = exec.Output(Token).GetAsyncEnumerator(Token);
        Assert.True(await output.MoveNextAsync());

        await node.Runtime.Freeze(sandbox.Id, frozen: true, Token);
        var frozen = node.Runtime.ReadUsage(sandbox.Id)!.CpuSeconds;
        var answer = FinishedRun.Command(sandbox, ["/bin/echo", "here"], killAll: false);
        // What another sandbox does meanwhile takes longer than what this one would have answered in.
        await using (var other = await node.Runtime.Create(node.Spec(Limits), Token))
            await node.Runtime.Destroy(other.Id, Token);
        Assert.Equal(frozen, node.Runtime.ReadUsage(sandbox.Id)!.CpuSeconds);
        Assert.False(answer.IsCompleted);

        await node.Runtime.Freeze(sandbox.Id, frozen: false, Token);
        Assert.Equal("here\n", (await answer).Text);
        await node.Runtime.Destroy(sandbox.Id, Token);
        Assert.Empty(node.Traces.Find());
    }

    [Fact]
    public async Task Destroy_OfAFrozenSandbox_LeavesNothing()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await node.Runtime.Freeze(sandbox.Id, frozen: true, Token);

        await node.Runtime.Destroy(sandbox.Id, Token);

        Assert.Empty(node.Traces.Find());
    }

    [Fact]
    public async Task Freeze_OfASandboxThatIsGone_Fails()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await node.Runtime.Destroy(sandbox.Id, Token);

        await Assert.ThrowsAnyAsync<IOException>(() => node.Runtime.Freeze(sandbox.Id, frozen: true, Token));
    }

    [Fact]
    public async Task Deadline_Passed_EndsTheSandboxByItself()
    {
        await using var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);

        await sandbox.Agent.SetDeadline(TimeSpan.FromSeconds(1), Token);
        await sandbox.Agent.Disconnected.WaitAsync(Token);

        await node.Runtime.Destroy(sandbox.Id, Token);
        Assert.Empty(node.Traces.Find());
    }
}

public sealed class CrunLifetimeTests(CrunNode node) : SandboxLifetimeTests(node), IClassFixture<CrunNode>;

public sealed class RuncLifetimeTests(RuncNode node) : SandboxLifetimeTests(node), IClassFixture<RuncNode>;

public sealed class GvisorLifetimeTests(GvisorNode node) : SandboxLifetimeTests(node), IClassFixture<GvisorNode>;
