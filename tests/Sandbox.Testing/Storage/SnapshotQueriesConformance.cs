using Orleans.Runtime;
using Orleans.Storage;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the lists of snapshots promise beyond those of jobs, with which they share their code, on every backend.</summary>
public abstract class SnapshotQueriesConformance(IStorageFixture fixture)
{
    private readonly IGrainStorage _storage = fixture.GrainStorage();
    private readonly ISnapshotQueries _queries = fixture.SnapshotQueries();
    private readonly string _tenant = JobTestStates.NewTenant();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_InPages_HasEachReadyOneOnceNewestFirst()
    {
        var expected = new List<string>();
        for (var i = 0; i < 5; i++)
            expected.Insert(0, (await Store(JobTestStates.Epoch.AddSeconds(i))).Id.ToString());
        await Store(JobTestStates.Epoch, status: SnapshotStatus.Unfinished);
        await Store(JobTestStates.Epoch, tenant: JobTestStates.NewTenant());

        var found = new List<string>();
        SnapshotCursor? cursor = null;
        do
        {
            var page = await _queries.List(_tenant, new SnapshotFilter(null, new Dictionary<string, string>()), cursor, 2, Cancel);
            found.AddRange(page.Items.Select(snapshot => snapshot.Id));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task List_BySessionAndLabel_HasThoseWithBoth()
    {
        var (session, other) = (SessionId.New(), SessionId.New());
        var labelled = await Store(JobTestStates.Epoch, session: session, metadata: ("run", "1"));
        var plain = await Store(JobTestStates.Epoch.AddSeconds(1), session: session);
        await Store(JobTestStates.Epoch, session: other, metadata: ("run", "1"));

        Assert.Equal([plain.View.Id, labelled.View.Id], await Ids(session));
        Assert.Equal([labelled.View.Id], await Ids(session, ("run", "1")));
        Assert.Equal(2, (await Ids(null, ("run", "1"))).Count);
        Assert.Empty(await Ids(SessionId.New()));
        // What callers see has no label of ours.
        Assert.All((await _queries.List(_tenant, new SnapshotFilter(session, new Dictionary<string, string>()), null, 10, Cancel)).Items,
            view => Assert.DoesNotContain(view.Metadata.Keys, key => key != "run"));
    }

    [Fact]
    public async Task ListUnfinished_OfANode_FollowsTheState()
    {
        var node = $"node-{Guid.NewGuid():N}";
        var unfinished = await Store(JobTestStates.Epoch, status: SnapshotStatus.Unfinished, node: node);
        await Store(JobTestStates.Epoch, node: node);

        Assert.Equal([unfinished.Id], await _queries.ListUnfinished(node, Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task ListExpired_HasThosePastTheirTimeInItsOrder()
    {
        var past = JobTestStates.Epoch.AddYears(-20);
        var second = await Store(past, expiresAt: past.AddMinutes(2));
        var first = await Store(past, expiresAt: past.AddMinutes(1));
        await Store(past, expiresAt: past.AddMinutes(10));
        await Store(past);

        Assert.Equal([first.Id, second.Id], await _queries.ListExpired(past.AddMinutes(5), 10, Cancel));
    }

    private async Task<SnapshotTestState> Store(
        DateTimeOffset createdAt,
        string? tenant = null,
        SnapshotStatus status = SnapshotStatus.Ready,
        SessionId? session = null,
        string node = "node-1",
        DateTimeOffset? expiresAt = null,
        params (string Key, string Value)[] metadata)
    {
        var id = SnapshotId.New();
        var state = new SnapshotTestState
        {
            Id = id,
            TenantId = tenant ?? _tenant,
            Status = status,
            Node = node,
            View = new SnapshotView(
                id.ToString(), (session ?? SessionId.New()).ToString(), "name", Memory: false, 1, 0, "python", IsolationClasses.Standard, null,
                new ResourceLimits(1, 1, 1, 1, 1, 1), new Dictionary<string, string>(), "agent",
                metadata.ToDictionary(label => label.Key, label => label.Value), createdAt, expiresAt),
        };
        await _storage.WriteStateAsync("snapshot", GrainId.Create("snapshot", id.ToString()), new Orleans.GrainState<SnapshotTestState>(state));
        return state;
    }

    private async Task<IReadOnlyList<string>> Ids(SessionId? session, params (string Key, string Value)[] labels)
    {
        var filter = new SnapshotFilter(session, labels.ToDictionary(label => label.Key, label => label.Value));
        return [.. (await _queries.List(_tenant, filter, null, 100, Cancel)).Items.Select(snapshot => snapshot.Id)];
    }
}

/// <summary>State of a snapshot with a row in the query tables.</summary>
public sealed class SnapshotTestState : ISnapshotIndexed
{
    public SnapshotId Id { get; set; }

    public string TenantId { get; set; } = string.Empty;

    public SnapshotStatus Status { get; set; }

    public string Node { get; set; } = string.Empty;

    public SnapshotView View { get; set; } = null!;

    public SnapshotRow ToRow() => new(Id, TenantId, Status, Node, View);
}
