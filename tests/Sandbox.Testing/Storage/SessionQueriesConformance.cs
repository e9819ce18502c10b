using Orleans.Storage;
using Sandbox.Grains.Abstractions.Sessions;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the lists of sessions promise beyond those of jobs, with which they share their code, on every backend.</summary>
public abstract class SessionQueriesConformance(IStorageFixture fixture)
{
    private readonly IGrainStorage _storage = fixture.GrainStorage();
    private readonly ISessionQueries _queries = fixture.SessionQueries();
    private readonly string _tenant = JobTestStates.NewTenant();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_InPages_HasEachOnceNewestFirstAndNoOtherTenants()
    {
        var expected = new List<string>();
        for (var i = 0; i < 5; i++)
            expected.Insert(0, (await Store(SessionTestStates.Ready(_tenant, JobTestStates.Epoch.AddSeconds(i)))).View.Id);
        await Store(SessionTestStates.Ready(JobTestStates.NewTenant(), JobTestStates.Epoch));

        var found = new List<string>();
        SessionCursor? cursor = null;
        do
        {
            var page = await _queries.List(_tenant, new SessionFilter(null, new Dictionary<string, string>()), cursor, 2, Cancel);
            found.AddRange(page.Items.Select(session => session.Id));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task List_ByStatusAndLabel_FollowsTheState()
    {
        var labelled = await Store(SessionTestStates.Ready(_tenant, JobTestStates.Epoch, metadata: ("run", "1")));
        var ended = await Store(SessionTestStates.Ready(_tenant, JobTestStates.Epoch).Ended(SessionStatus.Expired, JobTestStates.Epoch));

        Assert.Equal([labelled.View.Id], await Ids(null, ("run", "1")));
        Assert.Equal([ended.View.Id], await Ids(SessionStatus.Expired));
        Assert.Equal([labelled.View.Id], await Ids(SessionStatus.Ready, ("run", "1")));
        Assert.Empty(await Ids(SessionStatus.Expired, ("run", "1")));
    }

    [Fact]
    public async Task ListOpen_OfANode_HasThoseWithASandbox()
    {
        var node = $"node-{Guid.NewGuid():N}";
        var open = await Store(SessionTestStates.Ready(_tenant, JobTestStates.Epoch, node));
        await Store(SessionTestStates.Ready(_tenant, JobTestStates.Epoch, node).Ended(SessionStatus.Terminated, JobTestStates.Epoch));

        Assert.Equal([new OpenSession(open.Id, "sandbox")], await _queries.ListOpen(node, Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task ListLive_OfAllTenants_HasTheNewestThatHaveNotEnded()
    {
        // Long after what other tests store.
        var late = JobTestStates.Epoch.AddYears(50);
        var other = JobTestStates.NewTenant();
        await Store(SessionTestStates.Ready(_tenant, late));
        var second = await Store(SessionTestStates.Ready(_tenant, late.AddSeconds(1)));
        await Store(SessionTestStates.Ready(_tenant, late.AddSeconds(2)).Ended(SessionStatus.Terminated, late.AddSeconds(3)));
        var first = await Store(SessionTestStates.Ready(other, late.AddSeconds(3)));

        Assert.Equal([new LiveSessionOwner(first.Id, other), new LiveSessionOwner(second.Id, _tenant)], await _queries.ListLive(2, Cancel));
    }

    [Fact]
    public async Task ListDue_HasThosePastTheirTimeAndThosePastTheirRetention()
    {
        // Long before what other tests store.
        var past = JobTestStates.Epoch.AddYears(-10);
        var expired = await Store(SessionTestStates.Ready(_tenant, past.AddHours(-2)));
        var old = await Store(SessionTestStates.Ready(_tenant, past).Ended(SessionStatus.Terminated, past.AddMinutes(-1)));
        await Store(SessionTestStates.Ready(_tenant, past));
        await Store(SessionTestStates.Ready(_tenant, past.AddHours(-2)).Ended(SessionStatus.Terminated, past.AddMinutes(1)));

        var due = await _queries.ListDue(past, past, 1000, Cancel);

        Assert.Equal([expired.Id, old.Id], due);
    }

    private async Task<SessionTestState> Store(SessionTestState state)
    {
        await _storage.WriteStateAsync("session", state.GrainId(), new Orleans.GrainState<SessionTestState>(state));
        return state;
    }

    private async Task<IReadOnlyList<string>> Ids(SessionStatus? status, params (string Key, string Value)[] labels)
    {
        var page = await _queries.List(
            _tenant, new SessionFilter(status, labels.ToDictionary(label => label.Key, label => label.Value)), null, 100, Cancel);
        return [.. page.Items.Select(session => session.Id)];
    }
}
