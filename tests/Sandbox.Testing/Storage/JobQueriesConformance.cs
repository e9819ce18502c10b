using Orleans;
using Orleans.Storage;
using Sandbox.Grains.Abstractions.Jobs;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the lists of jobs promise, on every backend.</summary>
public abstract class JobQueriesConformance(IStorageFixture fixture)
{
    private static readonly JobFilter Everything = new(null, new Dictionary<string, string>());

    private readonly IGrainStorage _storage = fixture.GrainStorage();
    private readonly IJobQueries _queries = fixture.JobQueries();
    private readonly string _tenant = JobTestStates.NewTenant();

    [Fact]
    public async Task List_OfATenant_IsNewestFirstWithoutOutputAndWithoutOthers()
    {
        var old = await Store(At(1));
        var young = await Store(At(2));
        await Store(JobTestStates.Queued(JobTestStates.NewTenant(), JobTestStates.Epoch));

        var page = await _queries.List(_tenant, Everything, null, 10, Cancel);

        Assert.Equal([young.View.Id, old.View.Id], page.Items.Select(job => job.Id));
        Assert.All(page.Items, job => Assert.True(job.Stdout is null && job.Stderr is null));
        Assert.Equal(old.View.CreatedAt, page.Items[1].CreatedAt);
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task List_ByStatus_FollowsTheState()
    {
        var job = At(1);
        var holder = job.Holder();
        await _storage.WriteStateAsync("job", job.GrainId(), holder);
        await Store(At(2));
        job.With(JobStatus.Succeeded, JobTestStates.Epoch);
        await _storage.WriteStateAsync("job", job.GrainId(), holder);

        Assert.Equal([job.View.Id], await Ids(Everything with { Status = JobStatus.Succeeded }));
        Assert.Single(await Ids(Everything with { Status = JobStatus.Queued }));
        Assert.Empty(await Ids(Everything with { Status = JobStatus.Failed }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(JobStatus.Queued)]
    [InlineData(JobStatus.Failed)]
    public async Task List_ByMetadata_NeedsEveryLabel(JobStatus? status)
    {
        var both = await Store(Labelled(1, ("team", "a"), ("run", "1")));
        await Store(Labelled(2, ("team", "a"), ("run", "2")));
        await Store(Labelled(3, ("team", "b"), ("run", "1")));
        await Store(Labelled(4));
        await Store(Labelled(5, ("team", "a"), ("run", "1")).With(JobStatus.Cancelled, JobTestStates.Epoch));

        var filter = new JobFilter(status, new Dictionary<string, string> { ["team"] = "a", ["run"] = "1" });

        Assert.Contains(both.View.Id, await Ids(filter));
        Assert.Equal(status is null ? 2 : 1, (await Ids(filter)).Count);

        JobTestState Labelled(int second, params (string, string)[] labels)
        {
            var job = JobTestStates.Queued(_tenant, JobTestStates.Epoch.AddSeconds(second), labels);
            return status is JobStatus.Failed ? job.With(JobStatus.Failed, JobTestStates.Epoch) : job;
        }
    }

    [Fact]
    public async Task List_MetadataChanges_OldLabelNoLongerMatches()
    {
        var job = JobTestStates.Queued(_tenant, JobTestStates.Epoch, ("team", "a"));
        var holder = job.Holder();
        await _storage.WriteStateAsync("job", job.GrainId(), holder);
        job.View = job.View with { Metadata = new Dictionary<string, string> { ["team"] = "b" } };
        await _storage.WriteStateAsync("job", job.GrainId(), holder);

        Assert.Empty(await Ids(new JobFilter(null, new Dictionary<string, string> { ["team"] = "a" })));
        Assert.Single(await Ids(new JobFilter(null, new Dictionary<string, string> { ["team"] = "b" })));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task List_PagedWhileJobsAreAdded_SeesEachEarlierJobOnce(bool byStatus, bool byMetadata)
    {
        var expected = new List<string>();
        // Pairs of the same time: the id decides between them.
        for (var i = 0; i < 20; i++)
            expected.Add((await Store(JobTestStates.Queued(_tenant, JobTestStates.Epoch.AddSeconds(i / 2), ("k", "v")))).View.Id);
        var filter = new JobFilter(
            byStatus ? JobStatus.Queued : null,
            byMetadata ? new Dictionary<string, string> { ["k"] = "v" } : new Dictionary<string, string>());

        var seen = new List<JobView>();
        JobCursor? cursor = null;
        do
        {
            var page = await _queries.List(_tenant, filter, cursor, 3, Cancel);
            seen.AddRange(page.Items);
            cursor = page.Next;
            await Store(JobTestStates.Queued(_tenant, JobTestStates.Epoch.AddHours(1), ("k", "v")));
        }
        while (cursor is not null);

        Assert.Equal(expected.Order(), seen.Select(job => job.Id).Order());
        Assert.Equal(seen.OrderByDescending(job => job.CreatedAt).ThenByDescending(job => job.Id, StringComparer.Ordinal), seen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task List_LimitOutOfRange_IsRefused(int limit) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _queries.List(_tenant, Everything, null, limit, Cancel));

    [Fact]
    public async Task Clear_OfTheState_RemovesTheJobFromLists()
    {
        var job = JobTestStates.Queued(_tenant, JobTestStates.Epoch, ("k", "v"));
        var holder = job.Holder();
        await _storage.WriteStateAsync("job", job.GrainId(), holder);

        await _storage.ClearStateAsync("job", job.GrainId(), holder);

        Assert.Empty(await Ids(Everything));
        Assert.Empty(await Ids(new JobFilter(null, new Dictionary<string, string> { ["k"] = "v" })));
    }

    [Fact]
    public async Task Write_RefusedForItsETag_LeavesTheRowAsItWas()
    {
        var job = await Store(At(1));
        var stale = job.With(JobStatus.Failed, JobTestStates.Epoch).Holder();

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("job", job.GrainId(), stale));

        Assert.Single(await Ids(Everything with { Status = JobStatus.Queued }));
    }

    [Fact]
    public async Task ListOpen_OfANode_IsEveryUnendedJobInOrder()
    {
        var node = $"node-{Guid.NewGuid():N}";
        var expected = new List<OpenJob>();
        var writes = new List<Task>();
        for (var i = 0; i < 1100; i++)
        {
            var job = At(i);
            job.Node = node;
            job.SandboxId = i % 2 == 0 ? $"sbx_{i}" : null;
            job.With(i % 10 == 0 ? JobStatus.Succeeded : i % 2 == 0 ? JobStatus.Running : JobStatus.Queued, i % 10 == 0 ? JobTestStates.Epoch : null);
            if (i % 10 != 0)
                expected.Add(new OpenJob(job.Id, job.SandboxId));
            writes.Add(Store(job));
        }

        await Task.WhenAll(writes);
        await Store(At(1));

        var open = new List<OpenJob>();
        await foreach (var job in _queries.ListOpen(node, Cancel))
            open.Add(job);

        Assert.Equal(expected, open);
    }

    [Fact]
    public async Task ListEnded_BeforeATime_IsOldestFirstAndBounded()
    {
        // Long before every other test's jobs, as this list has no tenant.
        var start = new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var first = await Store(At(1).With(JobStatus.Failed, start.AddSeconds(1)));
        var second = await Store(At(2).With(JobStatus.Succeeded, start.AddSeconds(2)));
        await Store(At(3).With(JobStatus.Succeeded, start.AddSeconds(3)));

        Assert.Equal([first.Id, second.Id], await _queries.ListEnded(start.AddSeconds(3), 10, Cancel));
        Assert.Equal([first.Id], await _queries.ListEnded(start.AddSeconds(3), 1, Cancel));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private JobTestState At(int second) => JobTestStates.Queued(_tenant, JobTestStates.Epoch.AddSeconds(second));

    private async Task<JobTestState> Store(JobTestState job)
    {
        await _storage.WriteStateAsync("job", job.GrainId(), job.Holder());
        return job;
    }

    private async Task<List<string>> Ids(JobFilter filter) =>
        [.. (await _queries.List(_tenant, filter, null, 1000, Cancel)).Items.Select(job => job.Id)];
}
