using System.Text;
using Orleans.Runtime;
using Orleans.Storage;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Workflows;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the memories of workflows promise, on every backend.</summary>
public abstract class WorkflowMemoryConformance(IStorageFixture fixture)
{
    private static readonly MemoryBounds Bounds = new(3, 20, 40);

    private readonly IGrainStorage _storage = fixture.GrainStorage();
    private readonly IWorkflowMemory _memory = fixture.WorkflowMemory();
    private readonly string _tenant = JobTestStates.NewTenant();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_BeginsWithWhatTheWorkflowGivesIt_AndGoesWithIt()
    {
        var (id, holder) = await Begin(("a", "1"), ("b", "[2]"));
        var page = (await _memory.List(_tenant, id, null, 1, Cancel))!;
        Assert.Equal(("a", "a", 1L), (page.Items.Single().Key, page.Next, page.Items[0].SizeBytes));
        Assert.Equal("[2]", Text(await _memory.Find(_tenant, id, "b", Cancel)));
        Assert.Equal(["b"], (await _memory.List(_tenant, id, page.Next, 10, Cancel))!.Items.Select(key => key.Key));
        Assert.Null(await _memory.List(JobTestStates.NewTenant(), id, null, 1, Cancel));
        Assert.Null(await _memory.Find(JobTestStates.NewTenant(), id, "a", Cancel));

        await _storage.ClearStateAsync("workflow", GrainId.Create("workflow", id.ToString()), holder);
        Assert.Null(await _memory.Find(_tenant, id, "a", Cancel));
        Assert.Equal(RefusalCodes.NotFound, (await Put(id, "a", "1")).Refusal!.Code);
    }

    [Fact]
    public async Task Put_UnderACondition_IsDoneWhereItHolds()
    {
        var (id, _) = await Begin();
        var first = (await Put(id, "k", "1", new MemoryCondition(Absent: true))).Value!;
        Assert.True(first.Created);
        Assert.Equal(RefusalCodes.MemoryChanged, (await Put(id, "k", "2", new MemoryCondition(Absent: true))).Refusal!.Code);
        Assert.Equal(RefusalCodes.MemoryChanged, (await Put(id, "k", "2", new MemoryCondition(AnyOf: [first.Key.Version + 1]))).Refusal!.Code);
        Assert.Equal(RefusalCodes.MemoryChanged, (await Put(id, "none", "2", new MemoryCondition(Present: true))).Refusal!.Code);
        var second = (await Put(id, "k", "22", new MemoryCondition(AnyOf: [first.Key.Version]))).Value!;
        Assert.True(second.Key.Version > first.Key.Version && !second.Created);
        Assert.Equal(RefusalCodes.MemoryChanged, (await Remove(id, "k", new MemoryCondition(AnyOf: [first.Key.Version]))).Refusal!.Code);
        Assert.NotNull((await Remove(id, "k", new MemoryCondition(AnyOf: [second.Key.Version]))).Value);
        Assert.Equal(RefusalCodes.NotFound, (await Remove(id, "k", MemoryCondition.None)).Refusal!.Code);
        // One that is made anew is told from the one that was there before.
        Assert.True((await Put(id, "k", "1")).Value!.Key.Version > second.Key.Version + 1);
    }

    [Fact]
    public async Task Put_BeyondTheBounds_IsRefusedAndChangesNothing()
    {
        var (id, _) = await Begin();
        Assert.Equal(RefusalCodes.MemoryValueTooLarge, (await Put(id, "a", $"\"{new string('x', 20)}\"")).Refusal!.Code);
        await Put(id, "a", $"\"{new string('x', 18)}\"");
        await Put(id, "b", $"\"{new string('x', 17)}\"");
        Assert.Equal(RefusalCodes.WorkflowMemoryFull, (await Put(id, "c", "12")).Refusal!.Code);
        await Put(id, "c", "1");
        Assert.Equal(RefusalCodes.WorkflowMemoryFull, (await Put(id, "d", "1")).Refusal!.Code);
        Assert.NotNull((await Put(id, "a", "1")).Value);
        await Remove(id, "c", MemoryCondition.None);
        Assert.NotNull((await Put(id, "d", "12")).Value);
        Assert.Equal(["a", "b", "d"], (await _memory.List(_tenant, id, null, 10, Cancel))!.Items.Select(key => key.Key));
    }

    [Fact]
    public async Task Put_OfFiftyWritersAtOnce_LosesNoUpdate()
    {
        var (id, _) = await Begin(("n", "0"));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(Increment, Cancel)));
        Assert.Equal("50", Text(await _memory.Find(_tenant, id, "n", Cancel)));

        async Task Increment()
        {
            while (true)
            {
                var found = (await _memory.Find(_tenant, id, "n", Cancel))!;
                if ((await Put(id, "n", $"{int.Parse(Text(found)!, System.Globalization.CultureInfo.InvariantCulture) + 1}", new MemoryCondition(AnyOf: [found.Key.Version]))).Value is not null)
                    return;
            }
        }
    }

    [Fact]
    public async Task Memory_OfAWorkflowThatHasEnded_IsOnlyRead()
    {
        var (id, holder) = await Begin(("a", "1"));
        holder.State = State(id, WorkflowStatus.Succeeded);
        await _storage.WriteStateAsync("workflow", GrainId.Create("workflow", id.ToString()), holder);
        Assert.Equal("1", Text(await _memory.Find(_tenant, id, "a", Cancel)));
        Assert.Equal(RefusalCodes.WorkflowEnded, (await Put(id, "a", "2")).Refusal!.Code);
        Assert.Equal(RefusalCodes.WorkflowEnded, (await Remove(id, "a", MemoryCondition.None)).Refusal!.Code);
    }

    private async Task<(WorkflowId Id, Orleans.GrainState<WorkflowTestState> Holder)> Begin(params (string Key, string Json)[] memory)
    {
        var id = WorkflowId.New();
        var state = State(id, WorkflowStatus.Running);
        state.Memory = memory.ToDictionary(entry => entry.Key, entry => entry.Json);
        var holder = new Orleans.GrainState<WorkflowTestState>(state);
        await _storage.WriteStateAsync("workflow", GrainId.Create("workflow", id.ToString()), holder);
        // The grain writes again and again, and the memory stays what it is.
        state.Memory = null;
        await _storage.WriteStateAsync("workflow", GrainId.Create("workflow", id.ToString()), holder);
        return (id, holder);
    }

    private WorkflowTestState State(WorkflowId id, WorkflowStatus status) => new()
    {
        Id = id.ToString(),
        TenantId = _tenant,
        Node = "node-1",
        View = new WorkflowView(
            id.ToString(), null, status, null, [], new Dictionary<string, int>(), new Dictionary<string, string>(), FailureModes.Stop, "agent", new Dictionary<string, string>(),
            JobTestStates.Epoch, JobTestStates.Epoch.AddHours(1), null),
    };

    private Task<Reply<MemoryChange>> Put(WorkflowId id, string key, string json, MemoryCondition? condition = null) => _memory.Put(
        _tenant, id, new MemoryWrite(key, Encoding.UTF8.GetBytes(json), "agent"), condition ?? MemoryCondition.None, Bounds, What(id, AuditActions.WorkflowMemoryWrite), Cancel);

    private Task<Reply<MemoryChange>> Remove(WorkflowId id, string key, MemoryCondition condition) => _memory.Remove(_tenant, id, key, condition, What(id, AuditActions.WorkflowMemoryDelete), Cancel);

    private AuditEvent What(WorkflowId id, string action) =>
        new(_tenant, new AuditActor("agent", "member"), action, new AuditResource(AuditResourceTypes.Workflow, id.ToString()), AuditOutcomes.Succeeded);

    private static string? Text(MemoryValue? value) => value is null ? null : Encoding.UTF8.GetString(value.Json);
}
