using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Sessions.Steps;
using Sandbox.Grains.Snapshots;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Protocol;

namespace Sandbox.Grains.Tests.Snapshots;

public sealed class SnapshotTests : SnapshotNodeTest
{
    [Fact]
    public async Task Files_Kept_AreWhatAnotherSessionBeginsWith()
    {
        await Start();
        var (id, sandbox) = await Open();
        sandbox.Files["/workspace/f"] = Bytes("kept");

        var kept = await Keep(id);
        sandbox.Files["/workspace/f"] = Bytes("later");
        await EndSession(id);
        var (second, restored) = await Open(SessionSpec() with { Snapshot = kept.Id });

        Assert.Equal((id.ToString(), "name", false, 1L), (kept.SessionId, kept.Name, kept.Memory, kept.Skipped));
        Assert.Equal("kept"u8.ToArray(), restored.Files["/workspace/f"]);
        Assert.NotNull(restored.Deadline);
        Assert.Equal(kept.Id, (await Session(second)).Snapshot);
        await EndSession(second);
        await Delete(kept.Id);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Memory_Kept_GoesOnAndStepsOfTheOtherSessionAreNotItsOwn()
    {
        await Start();
        var (id, sandbox) = await Open(Strong());
        await Step(id, Code("1"), TimeSpan.Zero);
        (await sandbox.NextExec()).End(new ExecResult(7, null, ExecEnd.Program, 0, 0, false, false, false, null, KernelEnded: true));
        await Ended(id, 1);
        await Step(id, Code("2"), TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();
        await Ended(id, 2);

        var kept = await Keep(id, memory: true);
        var (second, restored) = await Open(Strong() with { Snapshot = kept.Id });
        await Step(second, Code("3"), TimeSpan.Zero);
        var exec = await restored.NextExec();
        exec.Exit();

        // The kernel that replaced the first one is found by its name, and is no fresh one.
        Assert.Equal("python-default-1", exec.Start!.Kernel);
        var step = await Ended(second, 1);
        Assert.False(step.FreshKernel);
        Assert.EndsWith($".{ForeignSteps.BranchOf(second)}", Assert.Single(restored.ExecIds));
        // The source goes on under its own names.
        await Step(id, Code("4"), TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();
        await Ended(id, 3);
        Assert.Contains("step.3.default.python", sandbox.ExecIds);
        await EndSession(id);
        await EndSession(second);
        await Delete(kept.Id);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Memory_KeptWhileAStepRuns_InterruptsItInTheCopyAlone()
    {
        await Start();
        var (id, sandbox) = await Open(Strong());
        await Step(id, Code("1"), TimeSpan.Zero);
        var exec = await sandbox.NextExec();
        var kept = await Keep(id, memory: true);

        var opening = Node.Session(SessionId.New()).Create(Alice, Strong() with { Snapshot = kept.Id }, "fingerprint", Patience.Token);
        var restored = await Node.Runtime.Next();
        while (restored.Signals.IsEmpty)
            await Task.Yield();
        Assert.Equal(("step.1.default.python", 2), Assert.Single(restored.Signals));
        Assert.False(opening.IsCompleted);
        restored.Find("step.1.default.python").Exit(1);
        var second = (await opening).Value!.Session;

        exec.Print("done");
        exec.Exit();
        Assert.Equal(("done", StepStatus.Succeeded), ((await Ended(id, 1)).Stdout, (await Ended(id, 1)).Status));
        Assert.Empty(sandbox.Signals);
        SessionId.TryParse(second.Id, out var copy);
        Assert.Empty((await Node.Session(copy).ListSteps(Alice, 0, 10, Patience.Token)).Value!.Items);
        await EndSession(id);
        await EndSession(copy);
        await Delete(kept.Id);
    }

    [Fact]
    public async Task RestoredMemory_TakenUpByTheNextProcess_KeepsItsNames()
    {
        await Start();
        var (id, _) = await Open(Strong());
        var kept = await Keep(id, memory: true);
        var (second, restored) = await Open(Strong() with { Snapshot = kept.Id });
        var unanswered = Step(second, Code("1"), Long);
        var exec = await restored.NextExec();
        restored.Started("step.5.default.python");

        await Node.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => unanswered);
        exec.Print("after");
        exec.Exit();
        await Node.Start();

        Assert.Equal("after", (await Ended(second, 1)).Stdout);
        // One without the branch is the other session's.
        Assert.Single((await Node.Session(second).ListSteps(Alice, 0, 10, Patience.Token)).Value!.Items);
        await EndSession(id);
        await EndSession(second);
        await Delete(kept.Id);
    }

    [Fact]
    public async Task Keep_OfAPausedOne_LetsItGoOn()
    {
        await Start();
        var (id, sandbox) = await Open();
        await Node.Session(id).Pause(Alice, Patience.Token);

        var kept = await Keep(id);

        Assert.False(sandbox.Frozen);
        await EndSession(id);
        await Delete(kept.Id);
    }

    [Fact]
    public async Task Keep_WhatCannotBe_IsRefusedAndLeavesNothing()
    {
        await Start();
        var (id, sandbox) = await Open();

        Assert.Equal((RefusalCodes.MemoryUnsupported, "memory"), await Named(RefusedKeep(id, memory: true)));
        Assert.Equal((RefusalCodes.NotFound, null), await Named(RefusedKeep(SessionId.New())));
        sandbox.ExportRefusal = AgentErrors.TooLarge;
        Assert.Equal((RefusalCodes.SnapshotTooLarge, null), await Named(RefusedKeep(id)));
        sandbox.ExportRefusal = null;
        Node.Artifacts.Faults = 1;
        var failing = SnapshotId.New();
        await Assert.ThrowsAnyAsync<Exception>(() => Node.Snapshot(failing).Create(Alice, Spec(id), "f", Patience.Token));
        AssertNothingIsLeft();
        var strangers = await Node.Snapshot(SnapshotId.New()).Create(Stranger, Spec(id), "f", Patience.Token);
        Assert.Equal(RefusalCodes.NotFound, strangers.Refusal!.Code);
        var auditors = await Node.Snapshot(SnapshotId.New()).Create(Alice with { Role = Roles.Auditor }, Spec(id), "f", Patience.Token);
        Assert.Equal(RefusalCodes.PolicyDenied, auditors.Refusal!.Code);
        await EndSession(id);
        Assert.Equal((RefusalCodes.SessionTerminated, null), await Named(RefusedKeep(id)));
    }

    [Fact]
    public async Task Keep_WhenTheMemoryCannotBeSaved_IsRefusedAndTheSessionGoesOn()
    {
        await Start();
        var (id, sandbox) = await Open(Strong());
        Node.Runtime.CheckpointFaults = 1;

        Assert.Equal((RefusalCodes.MemoryNotSaved, null), await Named(RefusedKeep(id, memory: true)));

        await Step(id, Code("1"), TimeSpan.Zero);
        (await sandbox.NextExec()).Exit();
        await Ended(id, 1);
        await EndSession(id);
    }

    [Fact]
    public async Task Keep_WithAKey_MakesOneAndAnotherRequestIsRefused()
    {
        await Start();
        var (id, _) = await Open();
        var snapshot = SnapshotId.FromIdempotencyKey(Alice.TenantId, "key");

        var first = await Node.Snapshot(snapshot).Create(Alice, Spec(id), "a", Patience.Token);
        var again = await Node.Snapshot(snapshot).Create(Alice, Spec(id), "a", Patience.Token);
        var other = await Node.Snapshot(snapshot).Create(Alice, Spec(id), "b", Patience.Token);

        Assert.Equal((first.Value!.Snapshot.Id, true), (again.Value!.Snapshot.Id, again.Value.Replayed));
        Assert.Equal(RefusalCodes.IdempotencyKeyReused, other.Refusal!.Code);
        Assert.Single(Node.Artifacts.All);
        Assert.Equal(RefusalCodes.NotFound, (await Node.Snapshot(snapshot).Get(Stranger, Patience.Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.NotFound, (await Node.Snapshot(snapshot).Delete(Stranger, Patience.Token)).Refusal!.Code);
        // A credential for another policy works neither in the session nor with what came from it.
        Assert.Equal("policy", (await Node.Snapshot(snapshot).Delete(Alice with { Policy = "other" }, Patience.Token)).Refusal!.Rule);
        await EndSession(id);
        await Delete(snapshot.ToString());
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Kill_WhileItIsStored_LeavesNoSnapshot()
    {
        await Start();
        var (id, _) = await Open();
        Node.Artifacts.Hold = new TaskCompletionSource();
        var keeping = Node.Snapshot(SnapshotId.New()).Create(Alice, Spec(id), "f", Patience.Token);
        await Node.Artifacts.Brought.WaitAsync(Patience.Token);

        Assert.Equal(SnapshotStatus.Unfinished, Assert.Single(Node.States.Snapshots).Status);
        var left = Node.States.Snapshots.Single();
        await Node.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => keeping);
        // As a process leaves it that was killed when all was stored and nothing said so.
        Node.Artifacts.Hold = null;
        await Node.Artifacts.Put("tenant", left.Id.ToString(), "workspace.tar", new MemoryStream([1]), 10, Patience.Token);
        Node.States.Seed("snapshot", left.Id.ToString(), new SnapshotState { Id = left.Id.ToString(), TenantId = "tenant", Node = TestNode.Name, Spec = Spec(id) });
        await Node.Start();

        AssertNothingIsLeft();
        Assert.Equal(RefusalCodes.NotFound, (await Node.Snapshot(left.Id).Get(Alice, Patience.Token)).Refusal!.Code);
        await EndSession(id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Storage_FailsAtTheLastWrite_LeavesAllOrNothing(bool committed)
    {
        await Start();
        var (id, _) = await Open();
        var snapshot = SnapshotId.New();
        Node.Artifacts.Hold = new TaskCompletionSource();
        var keeping = Node.Snapshot(snapshot).Create(Alice, Spec(id), "f", Patience.Token);
        await Node.Artifacts.Brought.WaitAsync(Patience.Token);
        Node.States.Fail(new StorageCall("snapshot", Write: true, AfterCommit: committed));
        Node.Artifacts.Hold.SetResult();

        await Assert.ThrowsAnyAsync<Exception>(() => keeping);

        if (committed)
        {
            await Until(async () => (await Node.Snapshot(snapshot).Get(Alice, Patience.Token)).Value is not null);
            await Delete(snapshot.ToString());
        }

        await Until(() => Task.FromResult(Node.Artifacts.All.Count == 0 && !Node.States.Snapshots.Any()));
        AssertNothingIsLeft();
        await EndSession(id);
    }

    [Fact]
    public async Task Kill_WhileItIsRemoved_FinishesTheRemoval()
    {
        await Start();
        var (id, _) = await Open();
        var kept = await Keep(id);
        await EndSession(id);
        await Node.Stop();
        Node.States.Seed("snapshot", kept.Id, Durable(kept.Id)!.Remove());
        await Node.Start();

        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Snapshot_PastItsTime_IsGoneAtOnceAndRemovedByTheJanitor()
    {
        await Start();
        var (id, _) = await Open();
        var kept = await Keep(id, ttl: 60);
        await EndSession(id);
        SnapshotId.TryParse(kept.Id, out var snapshot);

        await Node.Snapshot(snapshot).Expire(Patience.Token);
        Assert.NotNull((await Node.Snapshot(snapshot).Get(Alice, Patience.Token)).Value);
        Node.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(RefusalCodes.NotFound, (await Node.Snapshot(snapshot).Get(Alice, Patience.Token)).Refusal!.Code);
        Assert.Equal("snapshot_unknown snapshot", await Refused(SessionSpec() with { Snapshot = kept.Id }));
        await Node.Snapshot(snapshot).Expire(Patience.Token);

        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Restore_WhatCannotBe_IsRefusedAndLeavesNoSession()
    {
        await Start();
        var (id, _) = await Open(Strong());
        var (files, memory) = (await Keep(id), await Keep(id, memory: true));
        await EndSession(id);

        Assert.Equal("snapshot_unknown snapshot", await Refused(SessionSpec() with { Snapshot = SnapshotId.New().ToString() }));
        Assert.Equal("snapshot_unknown snapshot", await Refused(SessionSpec() with { Snapshot = "nonsense" }));
        Assert.Equal("snapshot_mismatch isolation", await Refused(SessionSpec() with { Snapshot = files.Id }));
        Assert.Equal("snapshot_mismatch limits", await Refused(Strong() with { Snapshot = memory.Id, Limits = memory.Limits with { DiskBytes = 1 << 20 } }));
        Assert.Equal("sandbox_start_failed", await Refused(Strong() with { Fork = "nonsense" }));
        Node.Runtime.RestoreFaults = 1;
        Assert.Equal("sandbox_start_failed", await Refused(Strong() with { Snapshot = memory.Id }));
        foreach (var (refusal, code) in new[] { (AgentErrors.NoSpace, "disk_full limits.diskBytes"), (AgentErrors.Invalid, "snapshot_corrupt snapshot") })
        {
            Node.Runtime.ImportRefusal = refusal;
            Assert.Equal(code, await Refused(Strong() with { Snapshot = files.Id }));
        }

        Node.Runtime.ImportRefusal = null;
        Node.Artifacts.Damage();
        Assert.Equal("snapshot_corrupt snapshot", await Refused(Strong() with { Snapshot = files.Id }));
        Assert.Equal("snapshot_corrupt snapshot", await Refused(Strong() with { Snapshot = memory.Id }));
        var strangers = await Node.Session(SessionId.New()).Create(Stranger, Strong() with { Snapshot = files.Id }, "f", Patience.Token);
        Assert.Equal(RefusalCodes.SnapshotUnknown, strangers.Refusal!.Code);
        await Node.Idle();
        Assert.Empty(Node.Runtime.Live);
        await Delete(files.Id);
        await Delete(memory.Id);
        AssertNothingIsLeft();
    }

    private async Task Delete(string id)
    {
        SnapshotId.TryParse(id, out var snapshot);
        Assert.Null((await Node.Snapshot(snapshot).Delete(Alice, Patience.Token)).Refusal);
    }

    private static async Task<(string Code, string? Field)> Named(Task<Refusal> refusal) => ((await refusal).Code, (await refusal).Field);
}
