using System.Collections.Concurrent;

namespace Sandbox.Client.Tests.Testing;

/// <summary>A clock whose pauses cost nothing, and on which a minute passes when a test says so.</summary>
internal sealed class SilenceTime : TimeProvider
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private readonly ConcurrentQueue<Minute> _minutes = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != s_minute)
            return base.CreateTimer(callback, state, dueTime > s_minute || dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
        var minute = new Minute(callback, state);
        _minutes.Enqueue(minute);
        return minute;
    }

    /// <summary>Lets a minute pass for whoever waits for it.</summary>
    public void Pass()
    {
        foreach (var minute in _minutes)
            minute.Pass();
    }

    private sealed class Minute(TimerCallback callback, object? state) : ITimer
    {
        private volatile bool _runs = true;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _runs = dueTime != Timeout.InfiniteTimeSpan;
            return true;
        }

        public void Pass()
        {
            if (_runs)
                callback(state);
        }

        public void Dispose() => _runs = false;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
