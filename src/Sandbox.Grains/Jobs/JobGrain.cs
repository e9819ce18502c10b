using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Policies;
using Sandbox.Runtime;

namespace Sandbox.Grains.Jobs;

/// <summary>
/// The shell around <see cref="JobState"/>: gates, admits, writes before it acknowledges, and hands the work to a
/// <see cref="JobRun"/>. Its turns are short; nothing in it waits for code.
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
    ILogger<JobGrain> logger) : Grain, IJobGrain, IJobAttempts
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JobRecord? _record;
    private AdmissionTicket? _room;
    private JobRun? _run;
    private bool _preparing;

    private JobId Id => JobId.TryParse(this.GetPrimaryKeyString(), out var id) ? id : throw new InvalidOperationException("The grain's key is no job id.");

    private JobRecord Record => _record ??= new JobRecord(state, input, logger);

    private JobState State => Record.Current;

    private DateTimeOffset Now => runner.Time.GetUtcNow();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (State.Ended)
            _ended.TrySetResult();
        else if (State.Exists)
            await TakeUp();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _run?.Abandon();
        _room?.Dispose();
        return Task.CompletedTask;
    }

    public async Task<Reply<JobSubmission>> Submit(Caller caller, JobSpec spec, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (State.Exists)
            return await Replay(caller, fingerprint, cancellationToken);
        var (decision, refusal) = gate.Decide(caller, spec);
        if (refusal is not null)
            return Refused(refusal);
        if (spec.Template is { } name && gate.TemplateOf(caller.TenantId, name) is { } template)
            spec = spec with { Template = template.Key, Env = template.EnvironmentWith(spec.Env) };
        var entered = admission.Enter(caller.TenantId, spec.Limits.MemoryBytes, Granted);
        if (entered.Refusal is { } full)
            return Refused(full);

        _room = entered.Value!;
        var submitted = JobState.Submit(Id, caller.TenantId, caller.AgentId, spec, fingerprint, decision, gate.Node, Now);
        var sandbox = _room.IsGranted ? runner.TryClaim(spec) : null;
        try
        {
            // With a sandbox at hand, acceptance and start are one write.
            await Record.Create(sandbox is null ? submitted : submitted.Start(sandbox.Id.ToString(), Now), new JobInput { Spec = spec, TraceParent = Activity.Current?.Id });
        }
        catch
        {
            // Half a submission must not be what a repeated one finds: the next call reads anew what is durable.
            DeactivateOnIdle();
            _room.Dispose();
            _room = null;
            if (sandbox is not null)
                runner.Discard(sandbox);
            throw;
        }

        instruments.Submitted(State);
        StayActive();
        if (sandbox is not null)
            Launch(sandbox);
        else if (_room.IsGranted)
            Prepare(spec);
        return new JobSubmission(await View(cancellationToken), Replayed: false);
    }

    public async Task<Reply<JobView>> Get(Caller caller, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        if (wait > TimeSpan.Zero && !State.Ended)
            await Wait(_ended.Task, wait, cancellationToken);
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
            var changed = Task.WhenAny(Record.Changed, _run?.Output.Changed ?? Record.Changed);
            var page = await JobReader.Events(runner.Outputs, State, _run, after, cancellationToken);
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
            _run?.Cancel();
            var outcome = _run is null ? null : await _run.Finished;
            if (outcome is null || State.MayRetry(outcome))
                outcome = (outcome ?? JobOutcome.Lost) with { Status = JobStatus.Cancelled, Cause = JobCauses.Cancelled };
            await Finish(outcome);
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
        await Remove(cancellationToken);
        return true;
    }

    public Task Dispatch()
    {
        // Room that came after a cancellation is given back by the one who cancelled.
        if (State is { Exists: true, Status: JobStatus.Queued } && _room is { IsGranted: true } && _run is null && Record.Input.Spec is { } spec)
            Prepare(spec);
        return Task.CompletedTask;
    }

    public async Task<bool> AttemptStarted(string sandboxId)
    {
        if (!SandboxId.TryParse(sandboxId, out var id))
            return false;
        if (State.Status == JobStatus.Running && State.LastAttempt?.SandboxId == sandboxId)
        {
            // The write that failed was durable after all, and the attempt has been taken up: the sandbox is in use.
            if (runner.TakeOffered(id) is { } taken)
                await taken.DisposeAsync();
            return true;
        }

        if (State is not { Exists: true, Status: JobStatus.Queued } || _room is not { IsGranted: true } || runner.TakeOffered(id) is not { } sandbox)
            return false;
        try
        {
            await Record.Write(State.Start(sandboxId, Now));
        }
        catch
        {
            runner.Offer(sandbox);
            throw;
        }

        Launch(sandbox);
        return true;
    }

    public async Task AttemptEnded(string sandboxId)
    {
        if (State.Status != JobStatus.Running || State.LastAttempt?.SandboxId != sandboxId || _run is null)
            return;
        if (await _run.Finished is not { } outcome)
            return;
        if (State.MayRetry(outcome))
            await TryAgain(outcome);
        else
            await Finish(outcome);
    }

    public async Task AttemptNotStarted()
    {
        if (State is { Exists: true, Status: JobStatus.Queued } && _run is null)
            await Finish(new JobOutcome { Status = JobStatus.Failed, Cause = JobCauses.StartFailed });
    }

    private async Task<Reply<JobSubmission>> Replay(Caller caller, string fingerprint, CancellationToken cancellationToken)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        if (State.Fingerprint != fingerprint)
            return new Refusal(RefusalCodes.IdempotencyKeyReused, "The idempotency key was used before with another request.");
        return new JobSubmission(await View(cancellationToken), Replayed: true);
    }

    private Refusal Refused(Refusal refusal)
    {
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

    private void Granted() => runner.Dispatch(Id);

    // Room may be granted while the turn that asked for it goes on, which then sees it, too.
    private void Prepare(JobSpec spec)
    {
        if (_preparing)
            return;
        _preparing = true;
        runner.Prepare(Id, spec);
    }

    private void Launch(SandboxHandle sandbox)
    {
        _run = runner.Launch(Assignment(Record.Input.Spec!), sandbox, _room!);
        _room = null;
        _preparing = false;
        // Whoever waits for events must look at the run's output from now on.
        Record.Signal();
    }

    private JobAssignment Assignment(JobSpec spec) => new(Id, State.TenantId, State.Attempts.Count, State.LastAttempt!.StartedAt, spec, Record.Input.TraceParent);

    // An earlier process accepted this job and did not finish it.
    private async Task TakeUp()
    {
        if (Record.Input.Spec is not { } spec)
        {
            await Finish(JobOutcome.Lost);
            return;
        }

        var running = State.Status == JobStatus.Running;
        LogTakenUp(Id, State.Status);
        _room = admission.Readmit(State.TenantId, spec.Limits.MemoryBytes, running, Granted);
        if (running && SandboxId.TryParse(State.LastAttempt!.SandboxId, out var sandbox))
        {
            _run = runner.Resume(Assignment(spec), sandbox, _room);
            _room = null;
        }
        else if (_room.IsGranted)
        {
            Prepare(spec);
        }

        StayActive();
    }

    private async Task TryAgain(JobOutcome lost)
    {
        await runner.Outputs.Append(State.Id, lost.Tail);
        await Record.Write(State.Requeue(Now));
        _run = null;
        _room = admission.Readmit(State.TenantId, State.Limits.MemoryBytes, running: false, Granted);
        if (_room.IsGranted)
            Prepare(Record.Input.Spec!);
    }

    private async Task Finish(JobOutcome outcome)
    {
        await Record.Write(State.End(outcome, Now));
        _run = null;
        _room?.Dispose();
        _room = null;
        _preparing = false;
        instruments.Ended(State);
        _ended.TrySetResult();
        DelayDeactivation(TimeSpan.Zero);
        await Record.ForgetInput();
    }

    private async Task Remove(CancellationToken cancellationToken)
    {
        await runner.Artifacts.Delete(State.TenantId, Id, cancellationToken);
        await runner.Outputs.Delete(State.Id, cancellationToken);
        await Record.Remove(cancellationToken);
        DeactivateOnIdle();
    }

    private Task<JobView> View(CancellationToken cancellationToken) => JobReader.View(runner.Outputs, State, _run, cancellationToken);

    // A job that waits or runs keeps its grain: with it would go its place in the queue, or its run.
    private void StayActive() => DelayDeactivation(Timeout.InfiniteTimeSpan);

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
