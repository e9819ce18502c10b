using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// The durable backstop of every session's clock, and the end of what is kept of ended ones: one reminder for all, not
/// one per session, and each time one query that finds only what is due.
/// </summary>
[Alias("sandbox.session.janitor")]
internal interface ISessionJanitorGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that the reminder exists.</summary>
    [Alias("start")]
    Task Start();
}

/// <inheritdoc cref="ISessionJanitorGrain"/>
[GrainType("session-janitor")]
internal sealed partial class SessionJanitorGrain(
    ISessionQueries queries,
    IOptions<SessionOptions> options,
    TimeProvider time,
    ILogger<SessionJanitorGrain> logger) : Grain, ISessionJanitorGrain, IRemindable
{
    private const string ReminderName = "expiry";
    private const int BatchSize = 200;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // A session that lives ends itself in time; this is for those that nobody holds.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public Task Start() => this.RegisterOrUpdateReminder(ReminderName, Period, Period);

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        var now = time.GetUtcNow();
        var endedBefore = now - options.Value.Retention;
        var due = await queries.ListDue(now - Grace, endedBefore, BatchSize);
        if (due.Count == 0)
            return;
        await Task.WhenAll(due.Select(id => GrainFactory.GetGrain<ISessionGrain>(id.ToString()).Expire(endedBefore)));
        LogCleared(due.Count);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} sessions were past their time and have been ended or removed")]
    private partial void LogCleared(int count);
}
