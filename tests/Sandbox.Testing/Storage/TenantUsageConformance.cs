using Orleans.Runtime;
using Orleans.Storage;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the count of tenants' use promises, on every backend.</summary>
public abstract class TenantUsageConformance(IStorageFixture fixture)
{
    private static readonly TenantQuotas Wide = new(1, 1, 100, 100, 1L << 50, 100, 1L << 50);

    private readonly IGrainStorage _states = fixture.GrainStorage();
    private readonly IArtifactStore _artifacts = fixture.Artifacts();
    private readonly ITenantStore _tenants = fixture.Tenants();
    private readonly ITenantUsage _usage = fixture.Usage();
    private readonly string _tenant = JobTestStates.NewTenant();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TenantUse Use => _usage.Read(_tenant, []).Use;

    [Fact]
    public void Read_OfATenantThatHasNothing_IsNothing() => Assert.Equal(default, _usage.Read(_tenant, ["job_1"]));

    [Fact]
    public async Task Read_ThroughALife_IsTheSharesThatAreDurable()
    {
        var job = New(TenantShare.Queued);
        await Write(job);
        Assert.Equal(new TenantUse(0, 1, 0, 0, 0), Use);

        await Write(job, Sandbox(cpuMillis: 50, memory: 7));
        Assert.Equal(new TenantUse(1, 0, 50, 7, 0), Use);

        var session = await NewSession(Sandbox(cpuMillis: 1500, memory: 5));
        Assert.Equal(new TenantUse(2, 0, 1550, 12, 0), Use);

        await Write(job, default(TenantShare));
        Assert.Equal(new TenantUse(1, 0, 1500, 5, 0), Use);

        await _states.ClearStateAsync("session", session.Grain, session.Holder);
        Assert.Equal(default, Use);
    }

    [Fact]
    public async Task Read_WithoutSome_LeavesOutTheirSharesOnly()
    {
        var (first, second) = (New(Sandbox(10, 1)), New(TenantShare.Queued));
        await Write(first);
        await Write(second);
        var session = await NewSession(Sandbox(20, 2));

        Assert.Equal(new TenantUse(1, 1, 20, 2, 0), _usage.Read(_tenant, [Id(first), "job_none"]).Use);
        Assert.Equal(new TenantUse(1, 0, 10, 1, 0), _usage.Read(_tenant, [Id(second), session.Holder.State.Id.ToString(), Id(second)]).Use);
        Assert.Equal(default, _usage.Read(JobTestStates.NewTenant(), [Id(first)]).Use);
    }

    [Fact]
    public async Task Write_BeyondItsBound_WritesNothing()
    {
        var bound = new QuotaBound(Wide with { ConcurrentSandboxes = 1 });
        await Write(New(Sandbox(1, 1), bound));
        var refused = New(Sandbox(1, 1), bound);

        var failure = await Assert.ThrowsAsync<QuotaExceededException>(() => Write(refused));

        Assert.Equal(new QuotaBreach(QuotaNames.ConcurrentSandboxes, 1, 1), failure.Breach);
        Assert.Equal(1, Use.Sandboxes);
        var read = new StateHolder<QuotaTestState>(new QuotaTestState());
        await _states.ReadStateAsync("job", refused.Grain, read);
        Assert.False(read.RecordExists);
        // What takes nothing more is not asked.
        await Write(New(Sandbox(1, 1)));
    }

    [Fact]
    public async Task Write_ManyAtOnceForTheLastRoom_WritesAsManyAsThereIs()
    {
        var bound = new QuotaBound(Wide with { ConcurrentSandboxes = 3 });

        var written = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                await Task.Run(() => Write(New(Sandbox(1, 1), bound)), Cancel);
                return true;
            }
            catch (QuotaExceededException)
            {
                return false;
            }
        }));

        Assert.Equal((3, 3), (written.Count(done => done), Use.Sandboxes));
    }

    [Fact]
    public async Task Write_BeyondWhatPolicyAllows_CountsWaitingJobsAndSandboxesTogether()
    {
        await Write(New(TenantShare.Queued));
        await NewSession(Sandbox(1, 1));

        var failure = await Assert.ThrowsAsync<QuotaExceededException>(() => Write(New(TenantShare.Queued, new QuotaBound(Wide, Concurrency: 2))));

        Assert.Equal(new QuotaBreach(QuotaNames.Concurrency, 2, 2), failure.Breach);
    }

    [Fact]
    public async Task Read_OfWhatIsStored_FollowsArtifacts()
    {
        var first = await Put("a", 1000);
        await Put("b", 50);
        Assert.Equal(1050, Use.StorageBytes);

        await _artifacts.Delete(_tenant, first.Id, Cancel);
        Assert.Equal(50, Use.StorageBytes);

        await _artifacts.DeleteOwned(_tenant, "b", Cancel);
        Assert.Equal(0, Use.StorageBytes);
    }

    [Fact]
    public async Task SetQuotas_OfATenant_IsReadWithItsUseUntilItIsTakenBack()
    {
        var what = new AuditEvent(_tenant, new AuditActor("agent", Roles.Operator), AuditActions.TenantQuotasChanged, new AuditResource(AuditResourceTypes.Tenant, _tenant), AuditOutcomes.Succeeded);
        var quotas = new QuotaOverrides { RequestsPerSecond = 1, RequestBurst = 2, ConcurrentSandboxes = 3, Cpu = 0.5, MemoryBytes = 5, QueuedJobs = 6, StorageBytes = 7 };
        Assert.False(await _tenants.SetQuotas(_tenant, quotas, what, Cancel));
        await _tenants.Create(new TenantRecord(_tenant, "name", JobTestStates.Epoch), what, Cancel);

        Assert.True(await _tenants.SetQuotas(_tenant, quotas, what, Cancel));
        Assert.Equal(quotas, _usage.Read(_tenant, []).Overrides);
        Assert.Equal(quotas, _usage.Read(_tenant, ["job_1"]).Overrides);
        Assert.Equal(quotas, (await _tenants.Find(_tenant, Cancel))?.Quotas);

        Assert.True(await _tenants.SetQuotas(_tenant, null, what, Cancel));
        Assert.Null(_usage.Read(_tenant, []).Overrides);
        Assert.Null((await _tenants.Find(_tenant, Cancel))?.Quotas);
    }

    private static TenantShare Sandbox(long cpuMillis, long memory) => new(1, 0, cpuMillis, memory);

    private static string Id((GrainId Grain, StateHolder<QuotaTestState> Holder) job) => job.Holder.State.Job.Id.ToString();

    private (GrainId Grain, StateHolder<QuotaTestState> Holder) New(TenantShare share, QuotaBound? bound = null)
    {
        var job = JobTestStates.Queued(_tenant, JobTestStates.Epoch);
        return (job.GrainId(), new StateHolder<QuotaTestState>(new QuotaTestState { Job = job, Share = share, Bound = bound }));
    }

    private Task Write((GrainId Grain, StateHolder<QuotaTestState> Holder) job, TenantShare? share = null)
    {
        job.Holder.State.Share = share ?? job.Holder.State.Share;
        return _states.WriteStateAsync("job", job.Grain, job.Holder);
    }

    private async Task<(GrainId Grain, StateHolder<SessionTestState> Holder)> NewSession(TenantShare share)
    {
        var session = SessionTestStates.Ready(_tenant, JobTestStates.Epoch);
        session.Share = share;
        var holder = new StateHolder<SessionTestState>(session);
        await _states.WriteStateAsync("session", session.GrainId(), holder);
        return (session.GrainId(), holder);
    }

    private Task<ArtifactInfo> Put(string owner, int bytes) => _artifacts.Put(_tenant, owner, "name", new MemoryStream(new byte[bytes]), bytes, Cancel);
}

/// <summary>State of a job with a share.</summary>
public sealed class QuotaTestState : IJobIndexed, IQuotaBound
{
    public JobTestState Job { get; set; } = new();

    public TenantShare Share { get; set; }

    public QuotaBound? Bound { get; set; }

    public JobRow ToRow() => Job.ToRow() with { Share = Share };
}
