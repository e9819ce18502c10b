using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Admission;
using Sandbox.Runtime;

namespace Sandbox.Grains.Jobs;

/// <summary>
/// A job in this process, from its acceptance to its end: its room on the node, its sandbox, the attempt under way. Every
/// step is durable before it is acted upon. Called in the turns of its grain only.
/// </summary>
/// <param name="id">The job.</param>
/// <param name="record">What is durable of it.</param>
/// <param name="policy">Says whether it may still begin.</param>
/// <param name="runner">Does the work, outside of the turns.</param>
/// <param name="admission">Gives room.</param>
/// <param name="instruments">What is counted.</param>
/// <param name="keep">Whether the grain has to stay in memory: with it would go the job's place in the queue, or its run.</param>
internal sealed class JobLife(
    JobId id, JobRecord record, JobPolicy policy, JobRunner runner, NodeAdmission admission, JobInstruments instruments, Action<bool> keep)
{
    private static readonly TimeSpan TakenMeanwhile = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AdmissionTicket? _room;
    private bool _preparing;

    /// <summary>The attempt under way; null while there is none.</summary>
    public JobRun? Run { get; private set; }

    /// <summary>Completes when the job has ended.</summary>
    public Task Ended => _ended.Task;

    private JobState State => record.Current;

    private DateTimeOffset Now => runner.Time.GetUtcNow();

    /// <summary>Takes up what an earlier process has left.</summary>
    public async Task TakeUp()
    {
        if (State.Ended)
        {
            _ended.TrySetResult();
            return;
        }

        if (record.Input.Spec is not { } spec)
        {
            await Finish(JobOutcome.Lost);
            return;
        }

        var running = State.Status == JobStatus.Running;
        _room = admission.Readmit(Work(State), running, counted: State.Share.Sandboxes > 0, Granted);
        if (running && SandboxId.TryParse(State.LastAttempt!.SandboxId, out var sandbox))
        {
            Run = runner.Resume(Assignment(spec), sandbox, _room);
            _room = null;
        }
        else if (_room.IsGranted)
        {
            Prepare(spec);
        }

        keep(true);
    }

    /// <summary>Accepts a job, and starts it where there is room and a sandbox at hand; or why there is no room for it.</summary>
    /// <param name="submitted">Its first state.</param>
    /// <param name="input">What it runs.</param>
    /// <remarks>When it fails, what is durable has to be read anew.</remarks>
    public async Task<Refusal?> Begin(JobState submitted, JobInput input)
    {
        while (true)
        {
            var entered = admission.Enter(Work(submitted), Granted);
            if (entered.Refusal is { } full)
                return full;
            _room = entered.Value!;
            if (await Accept(submitted, input) is not { } breach)
                return null;
            // Another process had the last of it a moment before; where room for a sandbox is what lacks, the job can still wait.
            if (breach.Quota is QuotaNames.QueuedJobs or QuotaNames.Concurrency)
                return breach.ToRefusal(TakenMeanwhile);
        }
    }

    /// <summary>There is room. Such that came after a cancellation is given back by the one who cancelled.</summary>
    public void Dispatch()
    {
        if (State is { Exists: true, Status: JobStatus.Queued } && _room is { IsGranted: true } && Run is null && record.Input.Spec is { } spec)
            Prepare(spec);
    }

    /// <inheritdoc cref="IJobAttempts.AttemptStarted"/>
    public async Task<bool> AttemptStarted(SandboxId sandboxId)
    {
        var name = sandboxId.ToString();
        if (State.Status == JobStatus.Running && State.LastAttempt?.SandboxId == name)
        {
            // The write that failed was durable after all, and the attempt has been taken up: the sandbox is in use.
            if (runner.TakeOffered(sandboxId) is { } taken)
                await taken.DisposeAsync();
            return true;
        }

        if (State is not { Exists: true, Status: JobStatus.Queued } || _room is not { IsGranted: true } room)
            return false;
        var (permit, denied) = await policy.AtStart();
        if (denied is not null)
        {
            await Deny(permit, denied);
            return false;
        }

        if (runner.TakeOffered(sandboxId) is not { } sandbox)
            return false;
        var start = State.Start(name, Now) with { Decision = State.Decision with { Version = permit.Version } };
        try
        {
            // Where it had room when it was accepted, its share is durable already.
            await record.Write(start with { Bound = State.Admitted || room.Quotas is not { } quotas ? null : new QuotaBound(quotas) }, permit);
        }
        catch (Exception e) when (QuotaExceededException.In(e) is not null)
        {
            runner.Discard(sandbox);
            WaitAgain();
            return false;
        }
        catch
        {
            runner.Offer(sandbox);
            throw;
        }

        room.Settle(start.Share);
        Launch(sandbox);
        return true;
    }

    /// <inheritdoc cref="IJobAttempts.AttemptEnded"/>
    public async Task AttemptEnded(string sandboxId)
    {
        if (State.Status != JobStatus.Running || State.LastAttempt?.SandboxId != sandboxId || Run is null)
            return;
        if (await Run.Finished is not { } outcome)
            return;
        if (State.MayRetry(outcome))
            await TryAgain(outcome);
        else
            await Finish(outcome);
    }

    /// <inheritdoc cref="IJobAttempts.AttemptNotStarted"/>
    public async Task AttemptNotStarted()
    {
        if (State is { Exists: true, Status: JobStatus.Queued } && Run is null)
            await Finish(new JobOutcome { Status = JobStatus.Failed, Cause = JobCauses.StartFailed });
    }

    /// <summary>Ends the job, unless it has ended; what its attempt came to before that stays its outcome.</summary>
    public async Task Cancel()
    {
        if (State.Ended)
            return;
        Run?.Cancel();
        var outcome = Run is null ? null : await Run.Finished;
        if (outcome is null || State.MayRetry(outcome))
            outcome = (outcome ?? JobOutcome.Lost) with { Status = JobStatus.Cancelled, Cause = JobCauses.Cancelled };
        await Finish(outcome);
    }

    /// <summary>This process lets go of it; what runs goes on.</summary>
    public void Abandon()
    {
        Run?.Abandon();
        _room?.Dispose();
    }

    // The quota that had no room, and then nothing is left of the job.
    private async Task<QuotaBreach?> Accept(JobState submitted, JobInput input)
    {
        var (room, spec) = (_room!, input.Spec!);
        submitted = submitted with { Admitted = room.IsGranted, Bound = new QuotaBound(room.Quotas!, input.Permit.Concurrency) };
        var sandbox = submitted.Admitted ? runner.TryClaim(spec) : null;
        try
        {
            // With a sandbox at hand, acceptance and start are one write.
            await record.Create(sandbox is null ? submitted : submitted.Start(sandbox.Id.ToString(), Now), input);
        }
        catch (Exception e)
        {
            LeaveRoom();
            if (sandbox is not null)
                runner.Discard(sandbox);
            if (QuotaExceededException.In(e) is { } breach)
                return breach;
            throw;
        }

        room.Settle(State.Share);
        instruments.Submitted(State);
        keep(true);
        if (sandbox is not null)
            Launch(sandbox);
        else if (room.IsGranted)
            Prepare(spec);
        return null;
    }

    private void Granted() => runner.Dispatch(id);

    private static AdmissionRequest Work(JobState state) => new(state.TenantId, state.Id, state.Limits);

    // Room may be granted while the turn that asked for it goes on, which then sees it, too.
    private void Prepare(JobSpec spec)
    {
        if (_preparing)
            return;
        _preparing = true;
        runner.Prepare(id, spec);
    }

    private void Launch(SandboxHandle sandbox)
    {
        Run = runner.Launch(Assignment(record.Input.Spec!), sandbox, _room!);
        _room = null;
        _preparing = false;
        // Whoever waits for events must look at the run's output from now on.
        record.Signal();
    }

    private JobAssignment Assignment(JobSpec spec) => new(id, State.TenantId, State.AgentId, State.Attempts.Count, State.LastAttempt!.StartedAt, spec, record.Input.Permit, record.Input.TraceParent);

    private async Task TryAgain(JobOutcome lost)
    {
        await runner.Outputs.Append(State.Id, lost.Tail);
        await record.Write(State.Requeue(Now));
        Run = null;
        WaitAgain();
    }

    private void WaitAgain()
    {
        LeaveRoom();
        _preparing = false;
        _room = admission.Readmit(Work(State), running: false, counted: false, Granted);
        if (_room.IsGranted)
            Prepare(record.Input.Spec!);
    }

    private Task Deny(EffectivePermit permit, Refusal refusal) => Finish(
        new JobOutcome { Status = JobStatus.Failed, Cause = JobCauses.PolicyDenied },
        new PolicyDecision(permit.Policy, permit.Version, Allowed: false, refusal.Rule, refusal.Detail));

    private async Task Finish(JobOutcome outcome, PolicyDecision? decision = null)
    {
        await record.Write(State.End(outcome, Now) with { Decision = decision ?? State.Decision });
        Run = null;
        LeaveRoom();
        _preparing = false;
        instruments.Ended(State);
        _ended.TrySetResult();
        keep(false);
        await record.ForgetInput();
    }

    private void LeaveRoom()
    {
        _room?.Dispose();
        _room = null;
    }
}
