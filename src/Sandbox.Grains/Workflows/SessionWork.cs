using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Workflows.Values;

namespace Sandbox.Grains.Workflows;

/// <summary>An attempt that is a step in a session of the workflow, which is made where it was not yet.</summary>
internal sealed class SessionWork(StepAssignment assignment, Caller caller, WorkflowServices services) : IStepWork
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(10);

    private readonly ISessionGrain _session = services.Grains.GetGrain<ISessionGrain>(WorkflowViews.SessionOf(assignment.State, assignment.Session!.Name));

    // By it a repeated submission is known: also that of another process.
    private string Key => $"{assignment.Workflow}:{assignment.Attempt}:{assignment.Spec.Id}";

    /// <inheritdoc/>
    public async Task<StepOutcome> Run(StepFilling input, AttemptEnds ends)
    {
        if (await Create(ends) is { } refused)
            return refused;
        var (step, impossible) = await Submit(input, ends);
        while (step is not null && !ends.IsDue)
        {
            if (step.Ended)
                return Of(step);
            try
            {
                var sequence = step.Sequence;
                var reply = await services.Ask(assignment.Workflow, () => _session.GetStep(caller, sequence, Round, ends.Any), ends.Any);
                if (reply.Value is not { } view)
                    return StepOutcome.Impossible(WorkflowCauses.Removed, "Its session was removed.");
                step = view;
            }
            catch (OperationCanceledException) when (ends.IsDue)
            {
                // What it runs is ended below.
            }
        }

        return impossible ?? (step is null ? ends.Outcome : await Interrupt(step, ends));
    }

    /// <inheritdoc/>
    // The number of what an earlier process has submitted is known by its key alone, and that would submit it where it was not. It
    // ends with its session, which a workflow ends when it stops.
    public Task<StepOutcome> End(AttemptEnds ends) => Task.FromResult(ends.Outcome);

    private async Task<StepOutcome?> Create(AttemptEnds ends)
    {
        var (name, agent) = (assignment.Session!.Name, assignment.Session.AgentId);
        var owner = await services.Ask(
            assignment.Workflow, () => services.Agents.Resolve(assignment.State.Owner, agent, assignment.Session.Spec.Policy, ends.Gone), ends.Gone);
        if (owner.Value is not { } maker)
            return StepOutcome.Impossible(owner.Refusal!.Code, $"Session '{name}': {owner.Refusal.Detail}");
        var spec = assignment.Session.Spec with { Workflow = assignment.Workflow };
        spec = spec with { Metadata = new Dictionary<string, string>(spec.Metadata, StringComparer.Ordinal) { [WorkflowLabels.Workflow] = assignment.Workflow } };
        while (!ends.IsDue)
        {
            var reply = await services.Ask(assignment.Workflow, () => _session.Create(maker, spec, assignment.Workflow, ends.Gone), ends.Gone);
            if (reply.Refusal is not { } refusal)
            {
                // A workflow that stops ends its sessions once: one that was made after that would stay.
                if (ends.IsStopped)
                    await services.Ask(assignment.Workflow, () => _session.End(maker, ends.Gone), ends.Gone);
                return null;
            }

            if (PassingRefusals.WaitOf(refusal) is not { } wait)
                return StepOutcome.Impossible(refusal.Code, $"Session '{name}': {refusal.Detail}");
            await Wait(wait, ends);
        }

        return null;
    }

    private async Task<(StepView? Step, StepOutcome? Impossible)> Submit(StepFilling input, AttemptEnds ends)
    {
        while (!ends.IsDue)
        {
            try
            {
                // A call that has begun is waited for: only its answer says which step has to be interrupted.
                var (reply, impossible) = await input.HandOver(
                    step => _session.RunStep(caller, step.Session!.Spec, Key, assignment.Workflow, TimeSpan.Zero, ends.Gone), ends);
                if (impossible is not null)
                    return (null, impossible);
                if (reply!.Refusal is not { } refusal)
                    return (reply.Value!.Step, null);
                if (PassingRefusals.WaitOf(refusal) is not { } wait)
                    return (null, StepOutcome.Impossible(refusal.Code, refusal.Detail));
                await Wait(wait, ends);
            }
            catch (OperationCanceledException) when (!ends.Gone.IsCancellationRequested)
            {
                // It is due.
            }
        }

        return (null, null);
    }

    private async Task<StepOutcome> Interrupt(StepView step, AttemptEnds ends)
    {
        while (!step.Ended)
        {
            await services.Ask(assignment.Workflow, () => _session.Interrupt(caller, step.Sequence, ends.Gone), ends.Gone);
            var reply = await services.Ask(assignment.Workflow, () => _session.GetStep(caller, step.Sequence, Round, ends.Gone), ends.Gone);
            if (reply.Value is not { } view)
                break;
            step = view;
        }

        // It may have ended by itself a moment before.
        return step.Status is StepStatus.Succeeded or StepStatus.Failed && step.Cause != StepCauses.SessionEnded ? Of(step) : ends.Outcome with { SessionStep = step.Sequence };
    }

    private async Task Wait(TimeSpan wait, AttemptEnds ends)
    {
        await Task.Delay(wait, services.Time, ends.Any).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ends.Gone.ThrowIfCancellationRequested();
    }

    private static StepOutcome Of(StepView step) => step.Status switch
    {
        StepStatus.Succeeded => new StepOutcome(WorkflowStepStatus.Succeeded) { ExitCode = step.ExitCode, SessionStep = step.Sequence },
        StepStatus.TimedOut => StepOutcome.TimedOut with { SessionStep = step.Sequence },
        _ => new StepOutcome(WorkflowStepStatus.Failed, step.Cause ?? JobCauses.Cancelled)
        {
            ExitCode = step.ExitCode,
            SessionStep = step.Sequence,
            MayRetry = step.Status == StepStatus.Failed && step.Cause != StepCauses.SessionEnded,
        },
    };
}
