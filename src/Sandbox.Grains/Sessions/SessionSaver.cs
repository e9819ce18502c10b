using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Snapshots;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// Stores the sandbox of a live session with its memory and then says so durably; the sandbox lives until that is done, so that
/// nothing is lost wherever this ends. Used in the turns of the session's grain only.
/// </summary>
internal sealed partial class SessionSaver(SessionRecord record, SandboxLink link, SessionServices services, SessionFreezer freezer)
{
    private TaskCompletionSource? _saving;

    /// <summary>Completes when it is stored, or is not; null while nobody tries.</summary>
    public Task? Saving => _saving?.Task;

    private SessionState State => record.Current;

    /// <summary>Stores it, unless it works; the refusal, where it could not be done.</summary>
    /// <param name="isWorking">Whether it works now.</param>
    /// <param name="steps">How many steps it has had.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Refusal?> Save(Func<bool> isWorking, Func<long> steps, CancellationToken cancellationToken)
    {
        Refusal? refusal = null;
        await freezer.Alone(async () =>
        {
            if (State.Suspended || State.Ended)
                return;
            if (isWorking())
            {
                refusal = SessionRefusals.Busy;
                return;
            }

            _saving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                refusal = await Store(steps, cancellationToken);
            }
            finally
            {
                if (!State.Suspended)
                    End();
            }
        });
        return refusal;
    }

    /// <summary>Whoever waits goes on.</summary>
    public void End() => Interlocked.Exchange(ref _saving, null)?.TrySetResult();

    private async Task<Refusal?> Store(Func<long> steps, CancellationToken cancellationToken)
    {
        var wasPaused = State.Status == SessionStatus.Paused;
        try
        {
            if (wasPaused)
                await freezer.Freeze(false, cancellationToken);
            var (id, tenant, last) = (State.Id, State.TenantId, steps());
            await using var image = await link.Checkpoint(cancellationToken);
            var stored = await Task.Run(() => services.Store.SaveImage(image, tenant, SuspendedSession.OwnerOf(id), cancellationToken), CancellationToken.None);
            await Change(current => current.Ended || current.Suspended ? current : current.Suspend(stored.ArtifactId, last));
            // It may have ended meanwhile.
            if (!State.Suspended)
                await SuspendedSession.RemoveImage(services, State);
            return null;
        }
        catch (Exception e)
        {
            LogNotSuspended(services.Logger, State.Id, e);
            await SuspendedSession.RemoveImage(services, State);
            if (wasPaused)
                await freezer.Freeze(true, CancellationToken.None);
            if (SnapshotRefusals.OfSaving(e) is { } expected)
                return expected;
            throw;
        }
    }

    // A write that failed may have been one: a sandbox is destroyed, or what is stored of it, by what is durable alone.
    private async Task Change(Func<SessionState, SessionState> change)
    {
        try
        {
            await record.Change(change);
        }
        catch
        {
            await record.Reload();
            if (!State.Suspended)
                throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session} could not be paused to disk")]
    private static partial void LogNotSuspended(ILogger logger, string session, Exception exception);
}
