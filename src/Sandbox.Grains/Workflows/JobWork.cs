using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Workflows.Values;

namespace Sandbox.Grains.Workflows;

/// <summary>An attempt that is a job of its own.</summary>
internal sealed class JobWork(StepAssignment assignment, Caller caller, WorkflowServices services) : IStepWork
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(10);

    private readonly IJobGrain _job = services.Grains.GetGrain<IJobGrain>(WorkflowViews.JobOf(assignment.State, assignment.Step, assignment.Attempt));

    /// <inheritdoc/>
    public async Task<StepOutcome> Run(StepFilling input, AttemptEnds ends)
    {
        if (await Submit(input, ends) is { } refused)
            return refused;
        return await Follow(ends);
    }

    /// <summary>Whether its job was submitted before, by an earlier process: then that counts, whatever its values are now.</summary>
    public async Task<bool> WasSubmitted(AttemptEnds ends) =>
        (await services.Ask(assignment.Workflow, () => _job.Get(caller, TimeSpan.Zero, ends.Gone), ends.Gone)).Value is not null;

    /// <summary>Waits for the end of a job that was submitted.</summary>
    public async Task<StepOutcome> Follow(AttemptEnds ends)
    {
        while (!ends.IsDue)
        {
            try
            {
                var reply = await services.Ask(assignment.Workflow, () => _job.Get(caller, Round, ends.Any), ends.Any);
                if (reply.Value is not { } view)
                    return StepOutcome.Impossible(WorkflowCauses.Removed, "Its job was removed.");
                if (view.Status > JobStatus.Running)
                    return Of(view);
            }
            catch (OperationCanceledException) when (ends.IsDue)
            {
                // What it runs is ended below.
            }
        }

        return await End(ends);
    }

    /// <inheritdoc/>
    public async Task<StepOutcome> End(AttemptEnds ends)
    {
        var reply = await services.Ask(assignment.Workflow, () => _job.Cancel(caller, ends.Gone), ends.Gone);
        // It may have ended by itself a moment before.
        return reply.Value is { Status: > JobStatus.Running and not JobStatus.Cancelled } view ? Of(view) : ends.Outcome;
    }

    // Null where it was submitted, or where the attempt is to end: then nobody knows whether it was.
    private async Task<StepOutcome?> Submit(StepFilling input, AttemptEnds ends)
    {
        while (!ends.IsDue)
        {
            try
            {
                // Whatever was submitted first counts, also where a value has changed since.
                var (reply, impossible) = await input.HandOver(step => _job.Submit(caller, Labelled(step.Job!), assignment.Workflow, ends.Any), ends);
                if (impossible is not null)
                    return impossible;
                if (reply!.Refusal is not { } refusal)
                    return null;
                if (PassingRefusals.WaitOf(refusal) is not { } wait)
                    return StepOutcome.Impossible(refusal.Code, refusal.Detail);
                await Task.Delay(wait, services.Time, ends.Any);
            }
            catch (OperationCanceledException) when (!ends.Gone.IsCancellationRequested)
            {
                // It is due.
            }
        }

        return null;
    }

    private JobSpec Labelled(JobSpec job) => job with { Workflow = assignment.Workflow, Metadata = WorkflowLabels.With(job.Metadata, assignment) };

    private static StepOutcome Of(JobView view) => view.Status switch
    {
        JobStatus.Succeeded => new StepOutcome(WorkflowStepStatus.Succeeded) { ExitCode = view.ExitCode },
        JobStatus.TimedOut => StepOutcome.TimedOut with { ExitCode = view.ExitCode },
        // Somebody has cancelled the job, and not the workflow.
        JobStatus.Cancelled => new StepOutcome(WorkflowStepStatus.Failed, view.Cause),
        _ => new StepOutcome(WorkflowStepStatus.Failed, view.Cause) { ExitCode = view.ExitCode, MayRetry = view.Cause != JobCauses.PolicyDenied },
    };
}
