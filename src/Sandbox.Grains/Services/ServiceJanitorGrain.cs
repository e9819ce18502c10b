using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Grains.Services;

/// <summary>
/// The durable backstop of every service's clock, and the end of what is kept of ended ones: one reminder for all, not
/// one per service, and each time one query that finds only what is due.
/// </summary>
[Alias("sandbox.service.janitor")]
internal interface IServiceJanitorGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that the reminder exists.</summary>
    [Alias("start")]
    Task Start();
}

/// <inheritdoc cref="IServiceJanitorGrain"/>
[GrainType("service-janitor")]
internal sealed partial class ServiceJanitorGrain(
    IServiceQueries queries,
    IOptions<ServiceOptions> options,
    TimeProvider time,
    ILogger<ServiceJanitorGrain> logger) : Grain, IServiceJanitorGrain, IRemindable
{
    private const string ReminderName = "expiry";
    private const int BatchSize = 200;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // A service that lives ends itself in time; this is for those that nobody holds.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public Task Start() => this.RegisterOrUpdateReminder(ReminderName, Period, Period);

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        var now = time.GetUtcNow();
        var endedBefore = now - options.Value.Retention;
        var due = await queries.ListDue(now - Grace, endedBefore, BatchSize);
        if (due.Count == 0)
            return;
        await Task.WhenAll(due.Select(id => GrainFactory.GetGrain<IServiceGrain>(id.ToString()).Expire(endedBefore)));
        LogCleared(due.Count);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} services were past their time and have been ended or removed")]
    private partial void LogCleared(int count);
}
