using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows;

/// <summary>Removes workflows when their retention is over: one reminder for all, not one per workflow.</summary>
[Alias("sandbox.workflow.janitor")]
internal interface IWorkflowJanitorGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that the reminder exists.</summary>
    [Alias("start")]
    Task Start();
}

/// <inheritdoc cref="IWorkflowJanitorGrain"/>
[GrainType("workflow-janitor")]
internal sealed partial class WorkflowJanitorGrain(
    IWorkflowQueries queries,
    IOptions<WorkflowOptions> options,
    TimeProvider time,
    ILogger<WorkflowJanitorGrain> logger) : Grain, IWorkflowJanitorGrain, IRemindable
{
    private const string ReminderName = "retention";
    private const int BatchSize = 200;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    public Task Start() => this.RegisterOrUpdateReminder(ReminderName, Period, Period);

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        var endedBefore = time.GetUtcNow() - options.Value.Retention;
        var removed = 0;
        while (await queries.ListEnded(endedBefore, BatchSize) is { Count: > 0 } batch)
        {
            var gone = await Task.WhenAll(batch.Select(id => GrainFactory.GetGrain<IWorkflowGrain>(id.ToString()).Expire(endedBefore)));
            removed += gone.Count(yes => yes);
            if (!gone.Contains(true))
                break; // A row that its grain does not confirm must not be asked for ever.
        }

        if (removed > 0)
            LogRemoved(removed);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} workflows were removed at the end of their retention")]
    private partial void LogRemoved(int count);
}
