using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Snapshots;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Audit;

/// <summary>What cannot be recorded is a fault for who asked, and is not done.</summary>
public sealed class AuditFaultTests : SnapshotNodeTest
{
    private static readonly Caller Auditor = Alice with { Role = Roles.Auditor };
    private static readonly Caller Admin = Alice with { Role = Roles.Admin };

    [Fact]
    public async Task Submit_NotRecorded_LeavesNoJobAndNoRoomTaken()
    {
        await Node.Start();
        var id = JobId.New();

        await Unrecorded(() => Node.Job(id).Submit(Alice, Spec(), "fingerprint", Patience.Token));

        Assert.Empty(Node.States.Stored);
        Assert.Equal((0, 0), (Node.Admission.Running, Node.Admission.Queued));
        Assert.False((await Node.Job(id).Submit(Alice, Spec(), "fingerprint", Patience.Token)).Value!.Replayed);
        (await (await Node.Runtime.Next()).NextExec()).Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task Refusal_NotRecorded_IsNoAnswer()
    {
        await Node.Start();

        await Unrecorded(() => Node.Job(JobId.New()).Submit(Auditor, Spec(), "fingerprint", Patience.Token));
        await Unrecorded(() => Node.Session(SessionId.New()).Create(Auditor, SessionSpec(), "fingerprint", Patience.Token));
    }

    [Fact]
    public async Task Cancel_NotRecorded_LetsTheJobRun()
    {
        await Node.Start();
        var (id, _, exec) = await Running();

        await Unrecorded(() => Node.Job(id).Cancel(Alice, Patience.Token));

        Assert.Equal(JobStatus.Running, (await View(id)).Status);
        exec.Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task Session_NotRecorded_IsNotMadeAndNotEnded()
    {
        await Start();
        await Unrecorded(() => Node.Session(SessionId.New()).Create(Alice, SessionSpec(), "fingerprint", Patience.Token));
        Assert.Empty(Node.States.Stored);
        Assert.True((await Node.Runtime.Next()).Dead);

        var (id, _) = await Open();
        await Unrecorded(() => Node.Session(id).End(Alice, Patience.Token));
        await Unrecorded(() => Node.Session(id).Pause(Alice, Patience.Token));
        await Unrecorded(() => Node.Session(id).Fork(Alice, new ForkSpec(1, false, null, null), null, "fingerprint", Patience.Token));

        Assert.Equal(SessionStatus.Ready, (await Session(id)).Status);
        Assert.Single(Node.States.Stored);
        await EndSession(id);
    }

    [Fact]
    public async Task Snapshot_NotRecorded_IsNotMadeAndNotRemoved()
    {
        await Start();
        var (id, _) = await Open();
        await Unrecorded(() => Node.Snapshot(SnapshotId.New()).Create(Alice, Spec(id), "fingerprint", Patience.Token));
        AssertNothingIsLeft();

        var kept = await Keep(id);
        SnapshotId.TryParse(kept.Id, out var snapshot);
        await Unrecorded(() => Node.Snapshot(snapshot).Delete(Alice, Patience.Token));

        Assert.NotNull((await Node.Snapshot(snapshot).Get(Alice, Patience.Token)).Value);
        await EndSession(id);
    }

    [Fact]
    public async Task Template_NotRecorded_IsNotBegun()
    {
        await Node.Start();
        var spec = new TemplateSpec("a", null, "default", null, new Dictionary<string, string>(), [], new Dictionary<string, IReadOnlyList<string>>());

        await Unrecorded(() => Node.Catalogue.Begin(Admin, spec, "importer", Patience.Token));

        Assert.Empty(await Node.Templates.All(Patience.Token));
        Assert.Equal(RefusalCodes.NotFound, (await Node.Catalogue.Find(Admin, "a", Patience.Token)).Refusal?.Code);
    }

    private async Task Unrecorded<T>(Func<Task<Reply<T>>> act)
        where T : class
    {
        Node.Audit.Fails = true;
        var fault = await Assert.ThrowsAnyAsync<Exception>(act);
        Assert.Contains(MemoryAuditLog.Full, fault.ToString(), StringComparison.Ordinal);
        Node.Audit.Fails = false;
    }
}
