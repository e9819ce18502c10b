using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Admission;

namespace Sandbox.Grains.Snapshots;

/// <summary>
/// Removes snapshots whose time is over, and those that could not be made or removed whole: one reminder for all, and each time
/// queries that find only these.
/// </summary>
[Alias("sandbox.snapshot.janitor")]
internal interface ISnapshotJanitorGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that the reminder exists.</summary>
    [Alias("start")]
    Task Start();
}

/// <inheritdoc cref="ISnapshotJanitorGrain"/>
[GrainType("snapshot-janitor")]
internal sealed partial class SnapshotJanitorGrain(
    ISnapshotQueries queries, IOptions<NodeOptions> node, TimeProvider time, ILogger<SnapshotJanitorGrain> logger) : Grain, ISnapshotJanitorGrain, IRemindable
{
    private const string ReminderName = "expiry";
    private const int BatchSize = 200;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    public Task Start() => this.RegisterOrUpdateReminder(ReminderName, Period, Period);

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        // One that is being made or removed is done with that before it listens.
        await foreach (var unfinished in queries.ListUnfinished(node.Value.Name))
            await GrainFactory.GetGrain<ISnapshotGrain>(unfinished.ToString()).Recover();
        var due = await queries.ListExpired(time.GetUtcNow(), BatchSize);
        if (due.Count == 0)
            return;
        await Task.WhenAll(due.Select(id => GrainFactory.GetGrain<ISnapshotGrain>(id.ToString()).Expire()));
        LogCleared(due.Count);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} snapshots were past their time and have been removed")]
    private partial void LogCleared(int count);
}
