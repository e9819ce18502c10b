namespace Sandbox.Grains.Sessions;

/// <summary>How long a session's grain stays in memory, said by those that work in its turns.</summary>
internal sealed class SessionActivation(Action<TimeSpan> delayDeactivation, Action deactivateOnIdle)
{
    /// <summary>A live session keeps its grain: with it would go its clock, its steps and its connection.</summary>
    public void Keep() => delayDeactivation(Timeout.InfiniteTimeSpan);

    /// <summary>It need not stay for longer than any other one.</summary>
    public void Release() => delayDeactivation(TimeSpan.Zero);

    /// <summary>It goes as soon as it has nothing to do.</summary>
    public void End() => deactivateOnIdle();
}
