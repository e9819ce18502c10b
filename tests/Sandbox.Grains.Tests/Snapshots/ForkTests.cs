using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Sessions.Forks;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Snapshots;

public sealed class ForkTests : SnapshotNodeTest
{
    [Fact]
    public async Task Fork_OfFiles_MakesSessionsThatBeginWithThem()
    {
        await Start();
        var (id, sandbox) = await Open();
        sandbox.Files["/workspace/f"] = Bytes("forked");
        await Step(id, Code("1"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();

        var forks = await Fork(id, new ForkSpec(3, false, 60, new Dictionary<string, string> { ["k"] = "v" }));

        Assert.Equal(3, forks.Sessions.Select(session => session.Id).Distinct().Count());
        Assert.All(forks.Sessions, session => Assert.Equal(("v", 60, 0L), (session.Metadata["k"], (session.ExpiresAt - session.CreatedAt).TotalSeconds, session.Steps)));
        Assert.Equal(4, Node.Runtime.Live.Count);
        Assert.All(Node.Runtime.Live, copy => Assert.Equal("forked"u8.ToArray(), copy.Files["/workspace/f"]));
        // The source has not noticed.
        exec.Exit();
        Assert.Equal(StepStatus.Succeeded, (await Ended(id, 1)).Status);
        Assert.Empty(State(id).Forks);
        await EndAll(id, forks);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Fork_WithMemory_MakesSessionsThatKnowItsKernels()
    {
        await Start();
        var (id, _) = await Open(Strong());
        var forks = await Fork(id, new ForkSpec(2, true, null, null));

        foreach (var session in forks.Sessions)
        {
            SessionId.TryParse(session.Id, out var fork);
            await Step(fork, Code("1"), TimeSpan.Zero);
            var exec = await Node.Runtime.Live.Single(sandbox => sandbox.Id.ToString() == State(fork).SandboxId).NextExec();
            Assert.Equal("main", exec.Start!.Kernel);
            exec.Exit();
            await Ended(fork, 1);
        }

        Assert.Equal((0, 0), (Node.Runtime.Images, Node.Artifacts.All.Count));
        await EndAll(id, forks);
    }

    [Fact]
    public async Task Fork_OfWhichOneCannotBeMade_LeavesNone()
    {
        await Start();
        var (id, _) = await Open(Strong());

        Node.Runtime.RestoreFaults = 1;
        Assert.Equal(RefusalCodes.SandboxStartFailed, await RefusedFork(id, new ForkSpec(3, true, null, null)));
        Node.Runtime.Faults = 1;
        Assert.Equal(RefusalCodes.SandboxStartFailed, await RefusedFork(id, new ForkSpec(3, false, null, null)));
        Node.Runtime.CheckpointFaults = 1;
        Assert.Equal(RefusalCodes.MemoryNotSaved, await RefusedFork(id, new ForkSpec(1, true, null, null)));
        await EndSession(id);
        var (standard, _) = await Open();
        Assert.Equal(RefusalCodes.MemoryUnsupported, await RefusedFork(standard, new ForkSpec(1, true, null, null)));
        await EndSession(standard);
    }

    [Fact]
    public async Task Fork_WithAKey_ForksOnce()
    {
        await Start();
        var (id, _) = await Open();
        var spec = new ForkSpec(2, false, null, null);

        var first = await Node.Session(id).Fork(Alice, spec, "key", "a", Patience.Token);
        var again = await Node.Session(id).Fork(Alice, spec, "key", "a", Patience.Token);
        var other = await Node.Session(id).Fork(Alice, spec, "key", "b", Patience.Token);

        Assert.Equal(first.Value!.Sessions.Select(session => session.Id), again.Value!.Sessions.Select(session => session.Id));
        Assert.Equal((false, true), (first.Value.Replayed, again.Value.Replayed));
        Assert.Equal(RefusalCodes.IdempotencyKeyReused, other.Refusal!.Code);
        Assert.Equal(3, Node.Runtime.Live.Count);
        await EndAll(id, first.Value);
    }

    [Fact]
    public async Task Kill_WhileForksAreMade_LeavesNoneOfThem()
    {
        await Start();
        var (id, _) = await Open();
        await Node.Stop();
        // As a process leaves it that was killed when two of three were there.
        var (made, missing) = (SessionId.New(), SessionId.New());
        var state = State(id);
        Node.States.Seed("session", id.ToString(), state.BeginFork(new PendingFork("f", [made.ToString(), missing.ToString()])));
        var box = Sandbox.Runtime.SandboxId.New();
        Node.Runtime.Leave(box);
        Node.States.Seed("session", made.ToString(), SessionState.Create(
            made, "tenant", "alice", state.Spec with { Fork = "f" }, "", state.Permit, TestNode.Name, box.ToString(), Node.Time.GetUtcNow()));
        await Node.Artifacts.Put("tenant", $"{id}/fork", "workspace.tar", new MemoryStream([1]), 10, Patience.Token);
        await Node.Start();

        await Until(() => Task.FromResult(State(id).Forks.Count == 0));
        Assert.Equal(RefusalCodes.NotFound, await Gone(made));
        Assert.Single(Node.Runtime.Live);
        AssertNothingIsLeft();
        await EndSession(id);
    }

    [Fact]
    public async Task End_WhileForksAreMade_EndsThemToo()
    {
        await Start();
        var (id, _) = await Open();
        Node.Artifacts.Hold = new TaskCompletionSource();
        var forking = Node.Session(id).Fork(Alice, new ForkSpec(2, false, null, null), null, "", Patience.Token);
        await Node.Artifacts.Brought.WaitAsync(Patience.Token);

        await EndSession(id);

        Assert.NotNull((await forking).Refusal);
        AssertNothingIsLeft();
    }

    private SessionState State(SessionId id) => Node.States.Read<SessionState>("session", id.ToString())!;

    private async Task<SessionForks> Fork(SessionId id, ForkSpec spec)
    {
        var reply = await Node.Session(id).Fork(Alice, spec, null, string.Empty, Patience.Token);
        Assert.Null(reply.Refusal);
        return reply.Value!;
    }

    private async Task<string> RefusedFork(SessionId id, ForkSpec spec)
    {
        var before = Node.States.Sessions.Count();
        var reply = await Node.Session(id).Fork(Alice, spec, null, string.Empty, Patience.Token);
        Assert.Equal((null, before), (reply.Value, Node.States.Sessions.Count()));
        Assert.Empty(State(id).Forks);
        await Until(() => Task.FromResult(Node.Runtime.Live.Count == 1));
        AssertNothingIsLeft();
        return reply.Refusal!.Code;
    }

    private async Task EndAll(SessionId source, SessionForks forks)
    {
        await EndSession(source);
        foreach (var session in forks.Sessions)
        {
            SessionId.TryParse(session.Id, out var fork);
            await EndSession(fork);
        }
    }
}
