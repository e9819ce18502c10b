using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions;

/// <summary>When a session is due, as functions of now.</summary>
internal static class SessionClock
{
    /// <summary>How long the agent waits beyond the time to live before it ends the sandbox by itself: the last of three lines.</summary>
    public static readonly TimeSpan AgentGrace = TimeSpan.FromMinutes(2);

    /// <summary>What is to be done now.</summary>
    public static SessionDue DueAt(SessionState state, DateTimeOffset idleSince, bool busy, DateTimeOffset now)
    {
        if (state.ExpiresAt <= now)
            return SessionDue.Expire;
        if (IdleAt(state, idleSince, busy) is not { } idle || idle > now)
            return SessionDue.Nothing;
        return state.Spec.OnIdle switch
        {
            IdleActions.Pause => SessionDue.Pause,
            IdleActions.Suspend => SessionDue.Suspend,
            _ => SessionDue.ExpireIdle,
        };
    }

    /// <summary>How long until something may be due; never negative.</summary>
    public static TimeSpan UntilDue(SessionState state, DateTimeOffset idleSince, bool busy, DateTimeOffset now)
    {
        // Work ends without a word to the clock: it looks again when the session may be idle at the earliest.
        var next = IdleAt(state, busy ? now : idleSince, busy: false) is { } idle && idle < state.ExpiresAt ? idle : state.ExpiresAt;
        return next > now ? next - now : TimeSpan.Zero;
    }

    /// <summary>The deadline of the agent, from now.</summary>
    public static TimeSpan AgentDeadline(SessionState state, DateTimeOffset now) =>
        (state.ExpiresAt > now ? state.ExpiresAt - now : TimeSpan.Zero) + AgentGrace;

    // A paused session is idle by intent, and a step is work however long it is silent.
    private static DateTimeOffset? IdleAt(SessionState state, DateTimeOffset idleSince, bool busy) =>
        !busy && state.Status == SessionStatus.Ready && state.Spec.IdleSeconds is { } seconds ? idleSince + TimeSpan.FromSeconds(seconds) : null;
}

/// <summary>What the clock asks of a session.</summary>
internal enum SessionDue
{
    Nothing,
    Expire,
    ExpireIdle,
    Pause,
    Suspend,
}
