namespace Sandbox.Grains.Services;

/// <summary>When a service's program is started again, and how long it is waited for, as functions of now.</summary>
internal static class ServiceClock
{
    /// <summary>How long it has to have answered for the failures before to be forgotten.</summary>
    public static readonly TimeSpan Stable = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan SlowestLook = TimeSpan.FromSeconds(1);

    /// <summary>Failures on end, once the attempt that runs has failed.</summary>
    public static int FailuresAfter(ServiceState state, DateTimeOffset now) =>
        state.ReadyAt is { } ready && now - ready >= Stable ? 1 : state.Failures + 1;

    /// <summary>Whether its program may be started again, once the attempt that runs has failed.</summary>
    public static bool MayRetry(ServiceState state, DateTimeOffset now) => FailuresAfter(state, now) < state.Spec.MaxAttempts;

    /// <summary>How long to wait before the next attempt: doubles with each failure.</summary>
    public static TimeSpan PauseAfter(int failures) =>
        FirstPause.TotalSeconds * Math.Pow(2, failures - 1) is var seconds && seconds < LongestPause.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestPause;

    /// <summary>Whether it has had its time to answer for the first time.</summary>
    public static bool IsLate(ServiceState state, DateTimeOffset now) =>
        state.AttemptAt is { } began && now - began >= TimeSpan.FromSeconds(state.Spec.Health.StartSeconds);

    /// <summary>How long until the next look, after so many looks at an attempt that does not answer yet; or at a service that does.</summary>
    public static TimeSpan NextLook(ServiceState state, int looks)
    {
        if (state.ReadyAt is not null)
            return TimeSpan.FromSeconds(state.Spec.Health.IntervalSeconds);
        return looks < 6 ? FirstLook * Math.Pow(2, looks) : SlowestLook;
    }
}
