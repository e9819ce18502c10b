using Microsoft.Extensions.Time.Testing;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>A clock that stands still, and says when somebody begins to wait by it.</summary>
internal sealed class TestTime : FakeTimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _waits = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestTime()
        : base(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        TaskCompletionSource changed;
        lock (_lock)
        {
            _waits.Add(dueTime);
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
        return timer;
    }

    /// <summary>Waits until somebody has begun to wait for this long, and lets the time pass. Each wait is met once.</summary>
    public async Task Pass(TimeSpan due)
    {
        await Begun(due);
        Advance(due);
    }

    /// <summary>Completes when somebody has begun to wait for this long. Each wait is met once.</summary>
    public async Task Begun(TimeSpan due)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_waits.Remove(due))
                    return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(Patience.Token);
        }
    }
}
