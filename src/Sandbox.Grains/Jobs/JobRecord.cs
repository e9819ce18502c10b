using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Jobs;

/// <summary>
/// The durable side of a job's grain: its state and its input. What readers see is what is durable; a write that fails
/// leaves it as it was.
/// </summary>
internal sealed partial class JobRecord(IPersistentState<JobState> state, IPersistentState<JobInput> input, ILogger logger)
{
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The durable state. Readers, who may come while a write is under way, see nothing else.</summary>
    public JobState Current { get; private set; } = state.State;

    /// <summary>What the job runs; empty when it has ended.</summary>
    public JobInput Input => Current.ShortInput ?? input.State;

    /// <summary>Completes at the next change. Take it before reading, so that no change is missed.</summary>
    public Task Changed => _changed.Task;

    /// <summary>Writes the first state with the input: both are durable, or neither is.</summary>
    public async Task Create(JobState next, JobInput what)
    {
        try
        {
            if (what.IsShort)
            {
                next = next with { ShortInput = what };
                await Persist(next);
            }
            else
            {
                input.State = what;
                await Task.WhenAll(input.WriteStateAsync(), Persist(next));
            }
        }
        catch
        {
            await TakeBack(next.Id);
            throw;
        }

        Publish(next);
    }

    /// <summary>Writes a state.</summary>
    public async Task Write(JobState next)
    {
        await Persist(next);
        Publish(next);
    }

    /// <summary>Writes a state, and what the job may do from then on.</summary>
    public async Task Write(JobState next, EffectivePermit permit)
    {
        if (next.ShortInput is { } brief)
        {
            next = next with { ShortInput = brief with { Permit = permit } };
        }
        else if (input.State.Permit.Version != permit.Version)
        {
            // Before the state: what it may do is never more than what the state was written for.
            input.State = input.State with { Permit = permit };
            await input.WriteStateAsync();
        }

        await Write(next);
    }

    /// <summary>
    /// Drops the input. After the end, never before it is durable: until then another attempt may need it.
    /// </summary>
    public async Task ForgetInput()
    {
        try
        {
            if (input.RecordExists)
                await input.ClearStateAsync();
        }
        catch (Exception e)
        {
            // It goes with the job.
            LogInputKept(Current.Id, e);
        }
    }

    /// <summary>Removes everything.</summary>
    public async Task Remove(CancellationToken cancellationToken)
    {
        if (input.RecordExists)
            await input.ClearStateAsync(cancellationToken);
        await state.ClearStateAsync(cancellationToken);
        Publish(new JobState());
    }

    /// <summary>Wakes those who wait for <see cref="Changed"/>.</summary>
    public void Signal()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private async Task Persist(JobState next)
    {
        // With the change itself: neither is durable without the other.
        state.State = next with { Events = JobAudit.Between(Current, next) };
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = Current;
            throw;
        }
    }

    private void Publish(JobState next)
    {
        // What it had to stay within was asked with this write alone.
        Current = next with { Bound = null };
        Signal();
    }

    private async Task TakeBack(string job)
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
            LogNotTakenBack(job, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: its input could not be removed at its end")]
    private partial void LogInputKept(string job, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: a submission that failed could not be taken back")]
    private partial void LogNotTakenBack(string job, Exception exception);
}
