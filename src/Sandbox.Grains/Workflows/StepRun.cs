using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Workflows.Values;

namespace Sandbox.Grains.Workflows;

/// <summary>What an attempt of a step is to do.</summary>
/// <param name="State">The workflow when it began.</param>
/// <param name="Graph">Its graph.</param>
/// <param name="Index">Index of the step.</param>
/// <param name="Attempt">Number of the attempt.</param>
/// <param name="Spec">The step.</param>
/// <param name="Session">The session that it is in; null for a job.</param>
/// <param name="IsTakenUp">Whether an earlier process or activation began it, so that it may have been submitted already.</param>
internal sealed record StepAssignment(
    WorkflowState State, WorkflowGraph Graph, int Index, int Attempt, WorkflowStepSpec Spec, WorkflowSessionSpec? Session, bool IsTakenUp)
{
    /// <summary>The step as it stands.</summary>
    public WorkflowStepState Step => State.Steps[Index];

    /// <summary>The workflow.</summary>
    public string Workflow => State.Id;
}

/// <summary>
/// An attempt of a step, outside of the grain's turns: puts values into its input, submits it under an id that follows from workflow,
/// step and attempt, and waits for its end. A process that goes on with the workflow does the same again and finds what runs already.
/// </summary>
internal sealed partial class StepRun(StepAssignment assignment, WorkflowServices services) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();

    /// <summary>Number of the attempt.</summary>
    public int Attempt => assignment.Attempt;

    /// <summary>What it came to; null while it goes on.</summary>
    public StepOutcome? Outcome { get; private set; }

    /// <summary>Begins. What it comes to is told to the grain.</summary>
    public void Start() => _ = Task.Run(async () =>
    {
        if (await ToOutcome() is not { } outcome)
            return;
        Outcome = outcome;
        await services.Report(assignment.Workflow, grain => grain.AttemptEnded(assignment.Index, assignment.Attempt));
    });

    /// <summary>Ends what it runs, because the workflow stops.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Lets go of it without ending what it runs: another process, or the next activation, goes on.</summary>
    public void Abandon() => _abandon.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _abandon.Dispose();
    }

    private async Task<StepOutcome?> ToOutcome()
    {
        using var deadline = Deadline();
        using var ends = new AttemptEnds(_stop.Token, deadline.Token, _abandon.Token);
        try
        {
            return await Execute(ends);
        }
        catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            LogFailed(services.Logger, assignment.Workflow, assignment.Spec.Id, e);
            return StepOutcome.Impossible("internal_error", "The step could not be carried out.") with { MayRetry = true };
        }
    }

    private CancellationTokenSource Deadline()
    {
        if (assignment.Spec.TimeoutSeconds is not { } seconds)
            return new CancellationTokenSource();
        var left = assignment.Step.AttemptAt!.Value + TimeSpan.FromSeconds(seconds) - services.Time.GetUtcNow();
        return new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, services.Time);
    }

    private async Task<StepOutcome> Execute(AttemptEnds ends)
    {
        if (assignment is { IsTakenUp: true, Session: null } && new JobWork(assignment, assignment.State.Owner, services) is var begun && await begun.WasSubmitted(ends))
            return await begun.Follow(ends);
        var policy = assignment.Spec.Job is { } job ? job.Policy : assignment.Session?.Spec.Policy;
        var agent = assignment.Spec.AgentId ?? assignment.Session?.AgentId;
        var reply = await services.Ask(assignment.Workflow, () => services.Agents.Resolve(assignment.State.Owner, agent, policy, ends.Gone), ends.Gone);
        if (reply.Value is not { } caller)
            return StepOutcome.Impossible(reply.Refusal!.Code, reply.Refusal.Detail);
        IStepWork work = assignment.Session is null ? new JobWork(assignment, caller, services) : new SessionWork(assignment, caller, services);
        // What may have been submitted by an earlier process has to be ended; and what has not been is not begun any more.
        if (ends.IsDue)
            return await work.End(ends);
        return await work.Run(new StepFilling(assignment, services), ends);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Workflow {Workflow}: step {Step} failed outside of what it runs")]
    private static partial void LogFailed(ILogger logger, string workflow, string step, Exception exception);
}
