using Orleans.Runtime;
using Orleans.Storage;
using Sandbox.Grains.Abstractions.Workflows;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the lists of workflows promise beyond those of jobs, with which they share their code, on every backend.</summary>
public abstract class WorkflowQueriesConformance(IStorageFixture fixture)
{
    private readonly IGrainStorage _storage = fixture.GrainStorage();
    private readonly IWorkflowQueries _queries = fixture.WorkflowQueries();
    private readonly string _tenant = JobTestStates.NewTenant();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_ByStatusAndLabel_HasThoseOfTheTenantNewestFirst()
    {
        var first = await Store(JobTestStates.Epoch, WorkflowStatus.Running, ("run", "1"));
        var second = await Store(JobTestStates.Epoch.AddSeconds(1), WorkflowStatus.Failed, ("run", "1"));
        await Store(JobTestStates.Epoch.AddSeconds(2), WorkflowStatus.Failed);

        Assert.Equal([second, first], await Ids(null, ("run", "1")));
        Assert.Equal([second], await Ids(WorkflowStatus.Failed, ("run", "1")));
        Assert.Equal(3, (await Ids(null)).Count);
        var page = await _queries.List(_tenant, new WorkflowFilter(null, new Dictionary<string, string>()), null, 2, Cancel);
        Assert.Equal([first], (await _queries.List(_tenant, new WorkflowFilter(null, new Dictionary<string, string>()), page.Next, 2, Cancel)).Items.Select(view => view.Id));
    }

    [Fact]
    public async Task Open_FollowsTheState()
    {
        var node = $"node-{Guid.NewGuid():N}";
        var running = await Store(JobTestStates.Epoch, WorkflowStatus.Running, node);
        var stopping = await Store(JobTestStates.Epoch.AddSeconds(1), WorkflowStatus.Stopping, node);
        await Store(JobTestStates.Epoch, WorkflowStatus.Cancelled, node);

        Assert.Equal([running, stopping], (await _queries.ListOpen(node, Cancel).ToListAsync(Cancel)).Select(id => id.ToString()));
        Assert.Equal(2, await _queries.CountOpen(_tenant, Cancel));
        Assert.Equal(0, await _queries.CountOpen(JobTestStates.NewTenant(), Cancel));
    }

    [Fact]
    public async Task ListEnded_HasThoseThatEndedBefore()
    {
        var past = JobTestStates.Epoch.AddYears(-30);
        var ended = await Store(past, WorkflowStatus.Succeeded);
        await Store(past, WorkflowStatus.Running);
        Assert.Equal([ended], (await _queries.ListEnded(past.AddHours(3), 10, Cancel)).Select(id => id.ToString()));
    }

    private Task<string> Store(DateTimeOffset createdAt, WorkflowStatus status, params (string Key, string Value)[] labels) => Store(createdAt, status, "node-1", labels);

    private async Task<string> Store(DateTimeOffset createdAt, WorkflowStatus status, string node, params (string Key, string Value)[] labels)
    {
        var id = WorkflowId.New();
        var view = new WorkflowView(
            id.ToString(), "name", status, null, [], new Dictionary<string, int> { ["pending"] = 1 }, new Dictionary<string, string>(), FailureModes.Stop, "agent",
            labels.ToDictionary(label => label.Key, label => label.Value), createdAt, createdAt.AddHours(1), status > WorkflowStatus.Stopping ? createdAt.AddHours(2) : null);
        var state = new WorkflowTestState { Id = id.ToString(), TenantId = _tenant, Node = node, View = view };
        await _storage.WriteStateAsync("workflow", GrainId.Create("workflow", id.ToString()), new Orleans.GrainState<WorkflowTestState>(state));
        return id.ToString();
    }

    private async Task<IReadOnlyList<string>> Ids(WorkflowStatus? status, params (string Key, string Value)[] labels)
    {
        var filter = new WorkflowFilter(status, labels.ToDictionary(label => label.Key, label => label.Value));
        return [.. (await _queries.List(_tenant, filter, null, 100, Cancel)).Items.Select(workflow => workflow.Id)];
    }
}

/// <summary>State of a workflow with a row in the query tables.</summary>
public sealed class WorkflowTestState : IWorkflowIndexed
{
    public string Id { get; set; } = string.Empty;

    public string TenantId { get; set; } = string.Empty;

    public string Node { get; set; } = string.Empty;

    public WorkflowView View { get; set; } = null!;

    public IReadOnlyDictionary<string, string>? Memory { get; set; }

    public WorkflowRow ToRow() => new(WorkflowId.TryParse(Id, out var id) ? id : default, TenantId, Node, View, Memory);
}
