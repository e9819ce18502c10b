using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Tests.Sessions;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Quotas;

/// <summary>What quotas do to jobs and sessions, through their grains.</summary>
public sealed class TenantQuotaGrainTests : SessionNodeTest
{
    private const string Tenant = "tenant";

    private static CancellationToken Token => Patience.Token;

    private TenantUse Use => Node.Usage.Read(Tenant, []).Use;

    [Fact]
    public async Task Job_BeyondTheSandboxes_WaitsUntilOneIsFree()
    {
        await Node.Start();
        Set(new QuotaOverrides { ConcurrentSandboxes = 1 });
        var (first, _, exec) = await Running();
        var second = await Submit();
        Assert.Equal((JobStatus.Queued, new TenantUse(1, 1, 1000, 64 << 20, 0)), ((await View(second)).Status, Use));

        exec.Exit();
        await Ended(first);

        (await (await Node.Runtime.Next()).NextExec()).Exit();
        await Ended(second);
        Assert.Equal(default, Use);
    }

    [Fact]
    public async Task Job_WhileASessionHasTheLast_StartsSoonAfterItsEnd()
    {
        await Node.Start();
        Set(new QuotaOverrides { ConcurrentSandboxes = 1 });
        var (session, _) = await Open();
        var job = await Submit();
        Assert.Equal(JobStatus.Queued, (await View(job)).Status);

        await EndSession(session);
        Node.Time.Advance(NodeAdmission.QuotaInterval);

        (await (await Node.Runtime.Next()).NextExec()).Exit();
        await Ended(job);
    }

    [Fact]
    public async Task Session_BeyondAQuota_IsRefusedWithWhatIsUsedAndNoSandboxIsMade()
    {
        await Node.Start();
        Set(new QuotaOverrides { ConcurrentSandboxes = 2 });
        var (job, _, exec) = await Running();
        var (session, _) = await Open();
        var made = Node.Runtime.Made;

        var refusal = await RefusedOpen();

        Assert.Equal((RefusalCodes.QuotaExceeded, new QuotaBreach(QuotaNames.ConcurrentSandboxes, 2, 2)), (refusal.Code, refusal.Quota));
        Assert.NotNull(refusal.RetryAfter);
        Assert.Equal(made, Node.Runtime.Made);
        exec.Exit();
        await Ended(job);
        await EndSession(session);
        Assert.Equal(default, Use);
    }

    [Theory]
    [InlineData(QuotaNames.Cpu)]
    [InlineData(QuotaNames.MemoryBytes)]
    public async Task Session_BeyondProcessorsOrMemory_IsRefused(string quota)
    {
        await Node.Start();
        Set(quota == QuotaNames.Cpu ? new QuotaOverrides { Cpu = 1.5 } : new QuotaOverrides { MemoryBytes = 100 << 20 });
        var (session, _) = await Open();
        Assert.Equal(quota, (await RefusedOpen()).Quota?.Quota);
        await EndSession(session);
    }

    [Fact]
    public async Task Sessions_ManyAtOnce_AreAsManyAsThereMayBe()
    {
        await Node.Start();
        Set(new QuotaOverrides { ConcurrentSandboxes = 3 });
        var ids = Enumerable.Range(0, 12).Select(_ => SessionId.New()).ToList();

        var replies = await Task.WhenAll(ids.Select(id => Node.Session(id).Create(Alice, SessionSpec(), "f", Token)));

        Assert.Equal((3, 3), (replies.Count(reply => reply.Value is not null), Node.Runtime.Made));
        Assert.All(replies.Where(reply => reply.Value is null), reply => Assert.Equal(QuotaNames.ConcurrentSandboxes, reply.Refusal!.Quota?.Quota));
        foreach (var id in ids.Where((_, index) => replies[index].Value is not null))
            await EndSession(id);
    }

    [Fact]
    public async Task Session_AnotherProcessTakesTheLastWhileItsSandboxIsMade_IsRefusedAndItsSandboxGoes()
    {
        await Node.Start();
        Set(new QuotaOverrides { ConcurrentSandboxes = 1 });
        // What another process has written is in no count of this one before the write itself is asked.
        Node.Usage.Unseen = true;
        var (first, _) = await Open();

        var refusal = await RefusedOpen();

        Assert.Equal(new QuotaBreach(QuotaNames.ConcurrentSandboxes, 1, 1), refusal.Quota);
        await Until(() => Task.FromResult(Node.Runtime.Live.Count == 1));
        await EndSession(first);
    }

    [Fact]
    public async Task Job_AnotherProcessTakesTheLastAtItsStart_WaitsAndRunsLater()
    {
        await Node.Start();
        Set(new QuotaOverrides { ConcurrentSandboxes = 1 });
        var (session, _) = await Open();
        var job = await Submit();
        // It is granted by a count that does not see the session.
        Node.Usage.Unseen = true;
        Node.Time.Advance(NodeAdmission.QuotaInterval);
        await Node.Runtime.Next();
        await Until(() => Task.FromResult(Node.Runtime.Live.Count == 1));
        Assert.Equal((JobStatus.Queued, 0), ((await View(job)).Status, (await View(job)).Attempts));

        Node.Usage.Unseen = false;
        await EndSession(session);
        await Until(async () =>
        {
            Node.Time.Advance(NodeAdmission.QuotaInterval);
            return (await View(job)).Status == JobStatus.Running;
        });
        (await Assert.Single(Node.Runtime.Live).NextExec()).Exit();
        await Ended(job);
    }

    [Fact]
    public async Task Fork_BeyondTheSandboxes_IsRefusedAndLeavesNone()
    {
        await Node.Start();
        Set(new QuotaOverrides { ConcurrentSandboxes = 2 });
        var (session, _) = await Open();

        var reply = await Node.Session(session).Fork(Alice, new ForkSpec(3, false, null, null), null, "f", Token);

        Assert.Equal(QuotaNames.ConcurrentSandboxes, reply.Refusal?.Quota?.Quota);
        await Until(() => Task.FromResult(Use.Sandboxes == 1));
        await EndSession(session);
    }

    [Fact]
    public async Task Quota_Raised_HoldsForTheNextAtOnce()
    {
        await Node.Start();
        Set(new QuotaOverrides { ConcurrentSandboxes = 0 });
        Assert.Equal(QuotaNames.ConcurrentSandboxes, (await RefusedOpen()).Quota?.Quota);
        Set(new QuotaOverrides { ConcurrentSandboxes = 1 });
        await EndSession((await Open()).Id);
    }

    [Fact]
    public async Task Recovery_AfterAKill_CountsWhatIsThereAndFreesWhatIsLost()
    {
        await Node.Start();
        Set(new QuotaOverrides { ConcurrentSandboxes = 2 });
        var (lost, sandbox) = await Open();
        var (kept, _) = await Open();
        await Node.Stop();
        sandbox.Die();

        await Node.Start();

        await Until(async () => await GoneOrNull(lost) is not null);
        Assert.Equal(1, Use.Sandboxes);
        var (next, _) = await Open();
        Assert.NotNull((await RefusedOpen()).Quota);
        await EndSession(kept);
        await EndSession(next);
        Assert.Equal(default, Use);
    }

    [Fact]
    public async Task Job_WhoseArtifactsDoNotFit_SkipsThemAndSaysWhy()
    {
        await Node.Start();
        Set(new QuotaOverrides { StorageBytes = 4 });
        var (id, sandbox, exec) = await Running(Spec() with { Artifacts = ["small", "z-large"] });
        sandbox.Files["/workspace/small"] = [1, 2, 3];
        sandbox.Files["/workspace/z-large"] = [1, 2, 3, 4, 5];

        exec.Exit();

        var job = await Ended(id);
        Assert.Equal("small", Assert.Single(job.Artifacts).Name);
        Assert.Equal(("z-large", RefusalCodes.QuotaExceeded), (Assert.Single(job.SkippedArtifacts).Name, job.SkippedArtifacts[0].Reason));
        Assert.Equal(3, Use.StorageBytes);
    }

    [Fact]
    public async Task Snapshot_WithoutRoomToStoreIt_IsRefused()
    {
        await Node.Start();
        Set(new QuotaOverrides { StorageBytes = 0 });
        var (session, _) = await Open();

        var reply = await Node.Snapshot(SnapshotId.New()).Create(Alice, new SnapshotSpec(session.ToString(), null, false, null, new Dictionary<string, string>()), "f", Token);

        Assert.Equal((RefusalCodes.QuotaExceeded, new QuotaBreach(QuotaNames.StorageBytes, 0, 0)), (reply.Refusal?.Code, reply.Refusal?.Quota));
        Assert.Empty(Node.Artifacts.All);
        await EndSession(session);
    }

    [Fact]
    public async Task Job_LargerThanTheTenantMayEverUse_IsRefusedForEver()
    {
        await Node.Start();
        Set(new QuotaOverrides { MemoryBytes = 1 << 20 });

        var refusal = (await Node.Job(JobId.New()).Submit(Alice, Spec(), "f", Token)).Refusal!;

        Assert.Equal((RefusalCodes.CapacityExceeded, "limits.memoryBytes"), (refusal.Code, refusal.Field));
    }

    private void Set(QuotaOverrides quotas) => Node.Usage.Overrides[Tenant] = quotas;

    private async Task<Refusal> RefusedOpen()
    {
        var reply = await Node.Session(SessionId.New()).Create(Alice, SessionSpec(), "f", Token);
        Assert.Null(reply.Value);
        return reply.Refusal!;
    }
}
