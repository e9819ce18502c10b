using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Grains.Jobs;

/// <summary>Removes jobs when their retention is over: one reminder for all, not one per job.</summary>
[Alias("sandbox.job.janitor")]
internal interface IJobJanitorGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that the reminder exists.</summary>
    [Alias("start")]
    Task Start();
}

/// <inheritdoc cref="IJobJanitorGrain"/>
[GrainType("job-janitor")]
internal sealed partial class JobJanitorGrain(
    IJobQueries queries,
    IOptions<JobOptions> options,
    TimeProvider time,
    ILogger<JobJanitorGrain> logger) : Grain, IJobJanitorGrain, IRemindable
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
            var gone = await Task.WhenAll(batch.Select(id => GrainFactory.GetGrain<IJobGrain>(id.ToString()).Expire(endedBefore)));
            removed += gone.Count(yes => yes);
            if (!gone.Contains(true))
                break; // A row that its grain does not confirm must not be asked for ever.
        }

        if (removed > 0)
            LogRemoved(removed);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} jobs were removed at the end of their retention")]
    private partial void LogRemoved(int count);
}
