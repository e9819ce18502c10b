using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Workflows;

/// <summary>
/// The doors of a workflow: who may come in, and what is answered. The workflow itself is <see cref="WorkflowLife"/>.
/// Its turns are short; nothing in it waits for code.
/// </summary>
[GrainType("workflow")]
[PreferLocalPlacement]
[CollectionAgeLimit(Minutes = 2)]
internal sealed partial class WorkflowGrain(
    [PersistentState("workflow")] IPersistentState<WorkflowState> state,
    [PersistentState("workflow-input")] IPersistentState<WorkflowInput> input,
    WorkflowAdmission admission,
    WorkflowServices services,
    ILogger<WorkflowGrain> logger) : Grain, IWorkflowGrain, IWorkflowReports
{
    private WorkflowRecord? _record;
    private WorkflowLife? _life;

    private WorkflowId Id => WorkflowId.TryParse(this.GetPrimaryKeyString(), out var id) ? id : throw new InvalidOperationException("The grain's key is no workflow id.");

    private WorkflowRecord Record => _record ??= new WorkflowRecord(state, input, logger);

    private WorkflowLife Life => _life ??= new WorkflowLife(Id.ToString(), Record, services, Keep);

    private WorkflowState State => Record.Current;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!State.Exists)
            return;
        if (!State.Ended)
            LogTakenUp(State.Id, State.Status);
        await Life.TakeUp();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _life?.Abandon();
        return Task.CompletedTask;
    }

    public async Task<Reply<WorkflowSubmission>> Submit(Caller caller, WorkflowSpec spec, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (State.Exists)
            return Replay(caller, fingerprint);
        var graph = WorkflowGraph.Of(spec);
        if (await admission.Refuse(caller, spec, graph, cancellationToken) is { } refusal)
            return await Refused(caller, refusal);
        var agents = spec.Steps.Select(step => AgentIdentities.Recorded(caller, WorkflowAdmission.AgentOf(spec, step))).ToList();
        try
        {
            await Life.Begin(WorkflowState.Submit(Id, caller, spec, fingerprint, agents, admission.Node, services.Time.GetUtcNow()), spec, graph);
        }
        catch
        {
            // Half a submission must not be what a repeated one finds: the next call reads anew what is durable.
            DeactivateOnIdle();
            throw;
        }

        return new WorkflowSubmission(WorkflowViews.Whole(State), Replayed: false);
    }

    public async Task<Reply<WorkflowView>> Get(Caller caller, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        if (wait > TimeSpan.Zero && !State.Ended)
            await BoundedWait.For(Life.Ended, BoundedWait.InCall(wait), services.Time, cancellationToken);
        return WorkflowViews.Whole(State);
    }

    public async Task<Reply<OutputEventPage>> ReadEvents(Caller caller, long after, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        var began = services.Time.GetTimestamp();
        var bound = BoundedWait.InCall(wait);
        while (true)
        {
            // Taken before reading, so that nothing that comes in between is missed.
            var changed = Record.Changed;
            var page = WorkflowTimeline.Read(State, after);
            var left = bound - services.Time.GetElapsedTime(began);
            if (page.Events.Count > 0 || page.Ended || left <= TimeSpan.Zero)
                return page;
            await BoundedWait.For(changed, left, services.Time, cancellationToken);
        }
    }

    public async Task<Reply<WorkflowView>> Cancel(Caller caller, CancellationToken cancellationToken = default)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        if (!State.Ended)
        {
            await services.Audit.Append(WorkflowAudit.Asked(caller, State, AuditActions.WorkflowCancel), cancellationToken);
            await Life.Cancel();
        }

        return WorkflowViews.Whole(State);
    }

    public async Task<Reply<WorkflowView>> Delete(Caller caller, CancellationToken cancellationToken = default)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        if (!State.Ended)
            return new Refusal(RefusalCodes.WorkflowNotEnded, "The workflow has not ended. Cancel it first.");
        var view = WorkflowViews.Whole(State);
        await services.Audit.Append(WorkflowAudit.Asked(caller, State, AuditActions.WorkflowDelete), cancellationToken);
        await Remove(cancellationToken);
        return view;
    }

    public Task Recover(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task<bool> Expire(DateTimeOffset endedBefore, CancellationToken cancellationToken = default)
    {
        if (!State.Exists)
            return true;
        if (!State.Ended || State.FinishedAt >= endedBefore)
            return false;
        await services.Audit.Append(WorkflowAudit.Expired(State), cancellationToken);
        await Remove(cancellationToken);
        return true;
    }

    public Task AttemptEnded(int step, int attempt) => Life.Settle();

    public Task SessionClosed(string name) => Life.SessionClosed(name);

    public Task Wake() => Life.Settle();

    private Reply<WorkflowSubmission> Replay(Caller caller, string fingerprint)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        return State.Fingerprint == fingerprint
            ? new WorkflowSubmission(WorkflowViews.Whole(State), Replayed: true)
            : new Refusal(RefusalCodes.IdempotencyKeyReused, "The idempotency key was used before with another request.");
    }

    private async Task<Refusal> Refused(Caller caller, Refusal refusal)
    {
        await services.Audit.Append(WorkflowAudit.Denied(caller, Id.ToString(), refusal));
        DeactivateOnIdle();
        return refusal;
    }

    private Refusal? NotFoundFor(Caller caller)
    {
        if (State.Exists && State.TenantId == caller.TenantId)
            return null;
        if (!State.Exists)
            DeactivateOnIdle();
        return new Refusal(RefusalCodes.NotFound, "There is no such workflow.");
    }

    private async Task Remove(CancellationToken cancellationToken)
    {
        await Record.Remove(cancellationToken);
        DeactivateOnIdle();
    }

    private void Keep(bool inMemory) => DelayDeactivation(inMemory ? Timeout.InfiniteTimeSpan : TimeSpan.Zero);

    [LoggerMessage(Level = LogLevel.Information, Message = "Workflow {Workflow}, {Status}, is taken up from an earlier process")]
    private partial void LogTakenUp(string workflow, WorkflowStatus status);
}
