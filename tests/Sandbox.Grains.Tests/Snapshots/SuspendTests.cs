using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Snapshots;

public sealed class SuspendTests : SnapshotNodeTest
{
    [Fact]
    public async Task Suspend_ThenAStep_GoesOnInAnotherSandbox()
    {
        await Start();
        var (id, first) = await Open(Strong());
        first.Files["/workspace/f"] = Bytes("kept");
        await Run(id, first, 1);

        var paused = await Suspend(id);

        Assert.Equal((SessionStatus.Paused, PausePlaces.Disk, 1L), (paused.Status, paused.PausedTo, paused.Steps));
        Assert.Empty(Node.Runtime.Live);
        Assert.Single(Node.Artifacts.All);
        Assert.Equal(0, Node.Runtime.Images);
        Assert.Null(Node.States.Sessions.Single().SandboxId);
        // Twice is as good as once.
        Assert.Equal(PausePlaces.Disk, (await Suspend(id)).PausedTo);
        await Step(id, Code("2"), TimeSpan.Zero);
        var second = await Node.Runtime.Next();
        var exec = await second.NextExec();
        exec.Exit();

        Assert.Equal(2, (await Ended(id, 2)).Sequence);
        Assert.Equal("main", exec.Start!.Kernel);
        Assert.Equal("kept"u8.ToArray(), second.Files["/workspace/f"]);
        Assert.NotNull(second.Deadline);
        AssertNothingIsLeft();
        await EndSession(id);
    }

    [Fact]
    public async Task Suspended_AcrossARestart_StaysAndWakes()
    {
        await Start();
        var (id, first) = await Open(Strong());
        await Run(id, first, 1);
        await Suspend(id);

        await Node.Stop();
        await Node.Start();

        Assert.Equal((SessionStatus.Paused, PausePlaces.Disk, 1L), ((await Session(id)).Status, (await Session(id)).PausedTo, (await Session(id)).Steps));
        Assert.Empty(Node.Runtime.Live);
        var resumed = await Node.Session(id).Resume(Alice, Patience.Token);
        Assert.Equal(SessionStatus.Ready, resumed.Value!.Status);
        await Run(id, await Node.Runtime.Next(), 2);
        await EndSession(id);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Suspend_WhileAStepRunsOrUnderStandard_IsRefused()
    {
        await Start();
        var (id, sandbox) = await Open(Strong());
        await Step(id, Code("1"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();

        Assert.Equal(RefusalCodes.SessionBusy, (await Node.Session(id).Suspend(Alice, Patience.Token)).Refusal!.Code);
        exec.Exit();
        await Ended(id, 1);
        await EndSession(id);
        var (standard, _) = await Open();
        Assert.Equal(RefusalCodes.MemoryUnsupported, (await Node.Session(standard).Suspend(Alice, Patience.Token)).Refusal!.Code);
        Assert.Equal("memory_snapshot_unsupported onIdle", await Refused(SessionSpec(idle: 10, onIdle: IdleActions.Suspend)));
        await EndSession(standard);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Suspend_ThatFails_LeavesTheSessionAsItWas(bool paused)
    {
        await Start();
        var (id, sandbox) = await Open(Strong());
        if (paused)
            await Node.Session(id).Pause(Alice, Patience.Token);

        Node.Runtime.CheckpointFaults = 1;
        Assert.Equal(RefusalCodes.MemoryNotSaved, (await Node.Session(id).Suspend(Alice, Patience.Token)).Refusal!.Code);
        Node.Artifacts.Faults = 1;
        await Assert.ThrowsAnyAsync<Exception>(() => Node.Session(id).Suspend(Alice, Patience.Token));
        Node.States.Fail(new StorageCall("session", Write: true));
        await Assert.ThrowsAnyAsync<Exception>(() => Node.Session(id).Suspend(Alice, Patience.Token));

        Assert.Equal(paused, sandbox.Frozen);
        AssertNothingIsLeft();
        await Run(id, sandbox, 1);
        await EndSession(id);
    }

    [Fact]
    public async Task Suspend_WrittenAlthoughTheStorageFailed_IsOne()
    {
        await Start();
        var (id, _) = await Open(Strong());
        Node.States.Fail(new StorageCall("session", Write: true, AfterCommit: true));

        Assert.Equal(PausePlaces.Disk, (await Suspend(id)).PausedTo);
        Assert.Empty(Node.Runtime.Live);
        await Node.Session(id).Resume(Alice, Patience.Token);
        await Run(id, await Node.Runtime.Next(), 1);
        await EndSession(id);
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wake_WhoseWriteFails_LosesNothing(bool committed)
    {
        await Start();
        var (id, _) = await Open(Strong());
        await Suspend(id);
        Node.States.Fail(new StorageCall("session", Write: true, AfterCommit: committed));

        if (committed)
            Assert.Null((await Node.Session(id).Resume(Alice, Patience.Token)).Refusal);
        else
            await Assert.ThrowsAnyAsync<Exception>(() => Node.Session(id).Resume(Alice, Patience.Token));

        await Until(async () => (await Node.Session(id).Resume(Alice, Patience.Token)).Value?.Status == SessionStatus.Ready);
        Assert.Single(Node.Runtime.Live);
        AssertNothingIsLeft();
        await EndSession(id);
    }

    [Fact]
    public async Task Wake_ThatFails_LeavesItPausedUntilTheNextTry()
    {
        await Start();
        var (id, _) = await Open(Strong());
        await Suspend(id);
        Node.Runtime.RestoreFaults = 1;

        Assert.Equal(RefusalCodes.SandboxStartFailed, (await Node.Session(id).Resume(Alice, Patience.Token)).Refusal!.Code);
        Assert.Equal((PausePlaces.Disk, 1), ((await Session(id)).PausedTo, Node.Artifacts.All.Count));
        Assert.Null((await Node.Session(id).Resume(Alice, Patience.Token)).Refusal);
        await EndSession(id);
    }

    [Fact]
    public async Task Wake_OfADamagedOne_SaysThatItIsLost()
    {
        await Start();
        var (id, _) = await Open(Strong());
        await Suspend(id);
        Node.Artifacts.Damage();

        Assert.Equal(RefusalCodes.SessionLost, (await Node.Session(id).Resume(Alice, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.SessionLost, await Gone(id));
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Kill_BetweenTheSteps_LeavesOneSessionAndNothingElse()
    {
        await Start();
        var (id, sandbox) = await Open(Strong());
        await Node.Stop();
        // Stored, and not said so.
        await Node.Artifacts.Put("tenant", $"{id}/image", "memory.image", new MemoryStream([1]), 10, Patience.Token);
        await Node.Start();
        await Run(id, sandbox, 1);
        AssertNothingIsLeft();

        // Said so, and the sandbox not destroyed.
        await Suspend(id);
        await Node.Stop();
        Node.Runtime.Leave(sandbox.Id);
        await Node.Start();
        Assert.Empty(Node.Runtime.Live);

        // Awake, and the image not removed.
        await Node.Session(id).Resume(Alice, Patience.Token);
        var second = await Node.Runtime.Next();
        await Node.Stop();
        await Node.Artifacts.Put("tenant", $"{id}/image", "memory.image", new MemoryStream([1]), 10, Patience.Token);
        await Node.Start();
        await Run(id, second, 2);
        AssertNothingIsLeft();
        await EndSession(id);
    }

    [Fact]
    public async Task Idle_WhereAsked_IsPausedToDiskAndItsTimeToLiveGoesOn()
    {
        await Start();
        var (id, _) = await Open(Strong(ttl: 100, idle: 10, onIdle: IdleActions.Suspend));

        Node.Time.Advance(TimeSpan.FromSeconds(10));
        await Until(async () => (await Session(id)).PausedTo == PausePlaces.Disk);
        await Until(() => Task.FromResult(Node.Runtime.Live.Count == 0));
        Node.Time.Advance(TimeSpan.FromSeconds(90));

        await Until(async () => await GoneOrNull(id) == RefusalCodes.SessionExpired);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Idle_ThatCannotBePausedToDisk_IsTriedAgainAndEndsInTime()
    {
        await Start();
        var (id, _) = await Open(Strong(ttl: 1_000_000, idle: 10, onIdle: IdleActions.Suspend));
        Node.Artifacts.Faults = 1;

        Node.Time.Advance(TimeSpan.FromSeconds(10));
        await Until(() => Task.FromResult(Node.Artifacts.Faults == 0));
        Assert.Equal(SessionStatus.Ready, (await Session(id)).Status);
        await Until(async () =>
        {
            Node.Time.Advance(TimeSpan.FromSeconds(1));
            return (await Session(id)).PausedTo == PausePlaces.Disk;
        });

        await EndSession(id);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Suspended_PastItsTime_IsNotWoken()
    {
        await Start();
        var (id, _) = await Open(Strong(ttl: 100));
        await Suspend(id);
        await Node.Stop();
        Node.Time.Advance(TimeSpan.FromSeconds(101));
        await Node.Start();

        var reply = await Node.Session(id).RunStep(Alice, Code("1"), null, null, TimeSpan.Zero, Patience.Token);

        Assert.Equal(RefusalCodes.SessionExpired, reply.Refusal!.Code);
        await Until(() => Task.FromResult(Node.Artifacts.All.Count == 0));
    }

    [Fact]
    public async Task Changes_WhileItIsSuspended_AreKept()
    {
        await Start();
        var (id, _) = await Open(Strong(ttl: 100));
        await Suspend(id);

        var changed = await Node.Session(id).Update(Alice, new SessionChange(500, null, null), Patience.Token);
        Assert.Equal((PausePlaces.Disk, 500), (changed.Value!.PausedTo, (changed.Value.ExpiresAt - changed.Value.CreatedAt).TotalSeconds));
        Assert.Equal(PausePlaces.Disk, (await Node.Session(id).Pause(Alice, Patience.Token)).Value!.PausedTo);
        await EndSession(id);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Steps_ThatComeWhileItIsPausedToDisk_WakeItAndRun()
    {
        await Start();
        var (id, first) = await Open(Strong());
        Node.Artifacts.Hold = new TaskCompletionSource();
        var suspending = Node.Session(id).Suspend(Alice, Patience.Token);
        await Node.Artifacts.Brought.WaitAsync(Patience.Token);
        var steps = new[] { "a", "b" }.Select(context => Step(id, Code("1", context), TimeSpan.Zero)).ToArray();
        Node.Artifacts.Hold.SetResult();
        Node.Artifacts.Hold = null;

        await suspending;
        var second = await Node.Runtime.Next();
        foreach (var _ in steps)
            (await second.NextExec()).Exit();

        Assert.Equal(2, (await Task.WhenAll(steps)).Select(step => step.Sequence).Distinct().Count());
        Assert.Empty(first.ExecIds);
        await Ended(id, 1);
        await Ended(id, 2);
        await EndSession(id);
    }

    private async Task<SessionView> Suspend(SessionId id)
    {
        var reply = await Node.Session(id).Suspend(Alice, Patience.Token);
        Assert.Null(reply.Refusal);
        return reply.Value!;
    }

    private async Task Run(SessionId id, ScriptedSandbox sandbox, long sequence)
    {
        await Step(id, Code("1"), TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();
        await Ended(id, sequence);
    }
}
