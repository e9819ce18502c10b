using System.Globalization;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions;

/// <summary>What a session answers that cannot do what is asked of it; or has ended: then how, why and when.</summary>
internal static class SessionRefusals
{
    public static Refusal Lost { get; } = new(RefusalCodes.SessionLost, "The session's sandbox is gone.");

    public static Refusal Busy { get; } = new(RefusalCodes.SessionBusy, "The session can be paused to disk when no step runs or waits and no file is transferred.", null, TimeSpan.FromSeconds(1));

    public static Refusal Ending { get; } = new(RefusalCodes.SandboxUnreachable, "The session is ending.", null, TimeSpan.FromSeconds(1));

    public static Refusal KeyReused { get; } = new(RefusalCodes.IdempotencyKeyReused, "The idempotency key was used before with another request.");

    public static Refusal Ended(SessionState state)
    {
        var when = state.EndedAt?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return state.Cause switch
        {
            SessionEndCauses.Ttl => new Refusal(RefusalCodes.SessionExpired, $"The session ended at {when}: its time to live was over."),
            SessionEndCauses.Idle => new Refusal(RefusalCodes.SessionExpired, $"The session ended at {when}: it had been idle for {state.Spec.IdleSeconds} seconds."),
            SessionEndCauses.Requested => new Refusal(RefusalCodes.SessionTerminated, $"The session ended at {when}: a caller ended it."),
            SessionEndCauses.OutOfMemory => new Refusal(RefusalCodes.SessionLost, $"The session was lost at {when}: its sandbox ran out of memory."),
            _ => new Refusal(RefusalCodes.SessionLost, $"The session was lost at {when}: its sandbox is gone."),
        };
    }

    /// <summary>Does something, unless the sandbox turns out to be gone: then the refusal, and the link has told the grain.</summary>
    public static async Task<Refusal?> UnlessLost(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (SandboxLostException)
        {
            return Lost;
        }
    }
}
