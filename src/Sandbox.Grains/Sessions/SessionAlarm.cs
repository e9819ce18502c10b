using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions;

/// <summary>Does what the clock of a session asks for. Used in the turns of the session's grain only.</summary>
internal sealed partial class SessionAlarm(SessionRecord record, SessionServices services, SessionLife life, SessionSuspension suspension)
{
    /// <summary>Something may be due.</summary>
    public async Task Ring()
    {
        if (life.Live is not { } live)
        {
            if (life.Suspended is { IsOver: true })
                await life.Finish(SessionEndCauses.Ttl);
            return;
        }

        switch (live.DueNow())
        {
            case SessionDue.Expire:
                await life.Finish(SessionEndCauses.Ttl);
                break;
            case SessionDue.ExpireIdle:
                await life.Finish(SessionEndCauses.Idle);
                break;
            case SessionDue.Pause:
                await life.Pause(CancellationToken.None);
                break;
            case SessionDue.Suspend:
                await SuspendIdle(live);
                break;
        }

        life.Live?.Arm();
    }

    // What fails is tried again when it has been idle for as long once more; the clock goes on meanwhile.
    private async Task SuspendIdle(LiveSession live)
    {
        try
        {
            if (await suspension.Suspend(CancellationToken.None) is null)
                return;
        }
        catch (Exception e)
        {
            LogStaysAwake(services.Logger, record.Current.Id, e);
        }

        live.Touch();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session} is idle and could not be paused to disk")]
    private static partial void LogStaysAwake(ILogger logger, string session, Exception exception);
}
