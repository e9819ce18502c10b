namespace Sandbox.Cli.Tests.Testing;

/// <summary>A clock whose short timers fire at once: back-off is taken, and costs nothing. Limits of a minute and more are as they are.</summary>
internal sealed class HastyTime : TimeProvider
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    /// <summary>The pauses that were taken.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<TimeSpan> Pauses { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan || dueTime >= s_limit)
            return base.CreateTimer(callback, state, dueTime, period);
        Pauses.Enqueue(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
