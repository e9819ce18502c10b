using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Policies;
using Sandbox.Runtime;

namespace Sandbox.Grains.Jobs;

/// <summary>
/// The doors of a job: who may come in, what the gate says, and what is answered. The job itself is <see cref="JobLife"/>.
/// Its turns are short; nothing in it waits for code.
/// </summary>
[GrainType("job")]
[PreferLocalPlacement]
[CollectionAgeLimit(Minutes = 2)]
internal sealed partial class JobGrain(
    [PersistentState("job")] IPersistentState<JobState> state,
    [PersistentState("job-input")] IPersistentState<JobInput> input,
    PolicyGate gate,
    JobRunner runner,
    NodeAdmission admission,
    JobInstruments instruments,
    IAuditLog audit,
    ILogger<JobGrain> logger) : Grain, IJobGrain, IJobAttempts
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private JobRecord? _record;
    private JobLife? _life;

    private JobId Id => JobId.TryParse(this.GetPrimaryKeyString(), out var id) ? id : throw new InvalidOperationException("The grain's key is no job id.");

    private JobRecord Record => _record ??= new JobRecord(state, input, logger);

    private JobLife Life => _life ??= new JobLife(Id, Record, new JobPolicy(Record, gate), runner, admission, instruments, Keep);

    private JobState State => Record.Current;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!State.Exists)
            return;
        if (!State.Ended)
            LogTakenUp(Id, State.Status);
        await Life.TakeUp();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _life?.Abandon();
        return Task.CompletedTask;
    }

    public async Task<Reply<JobSubmission>> Submit(Caller caller, JobSpec spec, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (State.Exists)
            return await Replay(caller, fingerprint, cancellationToken);
        using var passage = await gate.Decide(caller, Id.ToString(), spec, cancellationToken);
        if (passage.Refusal is { } refusal)
            return await Refused(caller, passage.Decision, refusal);
        spec = passage.Spec;
        if (await runner.Inputs.Refuse(caller.TenantId, spec.Files, cancellationToken) is { } missing)
            return await Refused(caller, passage.Decision, missing);
        var submitted = JobState.Submit(Id, caller.TenantId, caller.AgentId, spec, fingerprint, passage.Decision, gate.Node, runner.Time.GetUtcNow()) with { Role = caller.Role };
        try
        {
            if (await Life.Begin(submitted, new JobInput { Spec = spec, Permit = passage.Permit, TraceParent = Activity.Current?.Id }) is { } full)
                return await Refused(caller, passage.Decision, full);
        }
        catch
        {
            // Half a submission must not be what a repeated one finds: the next call reads anew what is durable.
            DeactivateOnIdle();
            throw;
        }

        return new JobSubmission(await View(cancellationToken), Replayed: false);
    }

    public async Task<Reply<JobView>> Get(Caller caller, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        if (wait > TimeSpan.Zero && !State.Ended)
            await Wait(Life.Ended, wait, cancellationToken);
        return await View(cancellationToken);
    }

    public async Task<Reply<OutputEventPage>> ReadEvents(Caller caller, long after, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        var began = runner.Time.GetTimestamp();
        var bound = wait < LongestWait ? wait : LongestWait;
        while (true)
        {
            // Taken before reading, so that nothing that comes in between is missed.
            var changed = Task.WhenAny(Record.Changed, Life.Run?.Output.Changed ?? Record.Changed);
            var page = await JobReader.Events(runner.Outputs, State, Life.Run, after, cancellationToken);
            var left = bound - runner.Time.GetElapsedTime(began);
            if (page.Events.Count > 0 || page.Ended || left <= TimeSpan.Zero)
                return page;
            await Wait(changed, left, cancellationToken);
        }
    }

    public async Task<Reply<JobView>> Cancel(Caller caller, CancellationToken cancellationToken = default)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        if (!State.Ended)
        {
            await audit.Append(JobAudit.Asked(caller, State, AuditActions.JobCancel), cancellationToken);
            await Life.Cancel();
        }

        return await View(cancellationToken);
    }

    public async Task<Reply<JobView>> Delete(Caller caller, CancellationToken cancellationToken = default)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        if (!State.Ended)
            return new Refusal(RefusalCodes.JobNotEnded, "The job has not ended. Cancel it first.");
        var view = await View(cancellationToken);
        await audit.Append(JobAudit.Asked(caller, State, AuditActions.JobDelete), cancellationToken);
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
        await audit.Append(JobAudit.Expired(State), cancellationToken);
        await Remove(cancellationToken);
        return true;
    }

    public Task Dispatch()
    {
        Life.Dispatch();
        return Task.CompletedTask;
    }

    public Task<bool> AttemptStarted(string sandboxId) =>
        SandboxId.TryParse(sandboxId, out var id) ? Life.AttemptStarted(id) : Task.FromResult(false);

    public Task AttemptEnded(string sandboxId) => Life.AttemptEnded(sandboxId);

    public Task AttemptNotStarted() => Life.AttemptNotStarted();

    private async Task<Reply<JobSubmission>> Replay(Caller caller, string fingerprint, CancellationToken cancellationToken)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        if (State.Fingerprint != fingerprint)
            return new Refusal(RefusalCodes.IdempotencyKeyReused, "The idempotency key was used before with another request.");
        return new JobSubmission(await View(cancellationToken), Replayed: true);
    }

    private async Task<Refusal> Refused(Caller caller, PolicyDecision decision, Refusal refusal)
    {
        await audit.Append(JobAudit.Denied(caller, Id, decision, refusal));
        instruments.Refused(refusal.Code);
        DeactivateOnIdle();
        return refusal;
    }

    private Refusal? NotFoundFor(Caller caller)
    {
        if (State.Exists && State.TenantId == caller.TenantId)
            return null;
        if (!State.Exists)
            DeactivateOnIdle();
        return new Refusal(RefusalCodes.NotFound, "There is no such job.");
    }

    private async Task Remove(CancellationToken cancellationToken)
    {
        await runner.Artifacts.Delete(State.TenantId, Id, cancellationToken);
        await runner.Outputs.Delete(State.Id, cancellationToken);
        await Record.Remove(cancellationToken);
        DeactivateOnIdle();
    }

    private Task<JobView> View(CancellationToken cancellationToken) => JobReader.View(runner.Outputs, State, _life?.Run, cancellationToken);

    private void Keep(bool inMemory) => DelayDeactivation(inMemory ? Timeout.InfiniteTimeSpan : TimeSpan.Zero);

    private async Task Wait(Task task, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(wait < LongestWait ? wait : LongestWait, runner.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The caller asks again.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}, {Status}, is taken up from an earlier process")]
    private partial void LogTakenUp(JobId job, JobStatus status);
}
