using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows;

/// <summary>What a workflow's steps run: written once, before the workflow is accepted, and kept until it has ended.</summary>
internal sealed record WorkflowInput
{
    public WorkflowSpec? Spec { get; init; }
}

/// <summary>
/// The durable side of a workflow's grain. What readers see is what is durable; a write that fails leaves it as it was.
/// </summary>
internal sealed partial class WorkflowRecord(IPersistentState<WorkflowState> state, IPersistentState<WorkflowInput> input, ILogger logger)
{
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The durable state. Readers, who may come while a write is under way, see nothing else.</summary>
    public WorkflowState Current { get; private set; } = state.State;

    /// <summary>What the steps run; null when the workflow has ended.</summary>
    public WorkflowSpec? Spec => input.State.Spec;

    /// <summary>Completes at the next change. Take it before reading, so that no change is missed.</summary>
    public Task Changed => _changed.Task;

    /// <summary>Writes the input, and then the first state: where that is, there is the input.</summary>
    public async Task Create(WorkflowState first, WorkflowSpec spec)
    {
        try
        {
            input.State = new WorkflowInput { Spec = spec };
            await input.WriteStateAsync();
            await Write(first);
        }
        catch
        {
            await TakeBack(first.Id);
            throw;
        }
    }

    /// <summary>Writes a state.</summary>
    public async Task Write(WorkflowState next)
    {
        // With the change itself: neither is durable without the other.
        state.State = next with { Events = WorkflowAudit.Between(Current, next) };
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = Current;
            throw;
        }

        Publish(next);
    }

    /// <summary>Drops the input, after the end.</summary>
    public async Task ForgetInput()
    {
        try
        {
            if (input.RecordExists)
                await input.ClearStateAsync();
        }
        catch (Exception e)
        {
            // It goes with the workflow.
            LogInputKept(Current.Id, e);
        }
    }

    /// <summary>Removes everything.</summary>
    public async Task Remove(CancellationToken cancellationToken)
    {
        if (input.RecordExists)
            await input.ClearStateAsync(cancellationToken);
        await state.ClearStateAsync(cancellationToken);
        Publish(new WorkflowState());
    }

    private void Publish(WorkflowState next)
    {
        Current = next with { InitialMemory = null };
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private async Task TakeBack(string workflow)
    {
        try
        {
            if (state.RecordExists)
                await state.ClearStateAsync();
            if (input.RecordExists)
                await input.ClearStateAsync();
        }
        catch (Exception e)
        {
            LogNotTakenBack(workflow, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workflow {Workflow}: its input could not be removed at its end")]
    private partial void LogInputKept(string workflow, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workflow {Workflow}: a submission that failed could not be taken back")]
    private partial void LogNotTakenBack(string workflow, Exception exception);
}
