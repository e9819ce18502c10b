using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Snapshots;
using Sandbox.Runtime;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// A session that is paused to disk, while its grain is in memory: its clock, and its way back. It has no sandbox, and no place
/// among the live sessions of the node. The grain need not stay; the janitor of all sessions ends those whose time is over.
/// </summary>
internal sealed partial class SuspendedSession : IAsyncDisposable
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromHours(12);

    private readonly SessionRecord _record;
    private readonly SessionServices _services;
    private readonly ISessionTimers _timers;
    private readonly ITimer _timer;

    public SuspendedSession(SessionRecord record, SessionServices services, ISessionTimers timers)
    {
        _record = record;
        _services = services;
        _timers = timers;
        _timer = services.Time.CreateTimer(_ => _ = timers.Due(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Arm();
    }

    private SessionState State => _record.Current;

    public bool IsOver => State.ExpiresAt <= _services.Time.GetUtcNow();

    /// <summary>Where the image of a session is stored.</summary>
    public static string OwnerOf(string sessionId) => $"{sessionId}/image";

    /// <summary>Sets the clock, and has its policy watched, by its state.</summary>
    public void Arm()
    {
        _services.Suspended.Begin(State, _timers);
        var left = State.ExpiresAt - _services.Time.GetUtcNow();
        _timer.Change(left <= TimeSpan.Zero ? TimeSpan.Zero : left < LongestTimer ? left : LongestTimer, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Makes a sandbox that goes on where the session was. The state names it before the image goes: a process that dies in
    /// between leaves a session that is paused to disk, or one that lives.
    /// </summary>
    public async Task<Reply<SandboxLink>> Wake(CancellationToken cancellationToken)
    {
        using var place = _services.Admission.Enter(State.TenantId, State.Id, State.Spec.Limits);
        if (place.Refusal is { } refusal)
            return refusal;
        SandboxLink? link = null;
        try
        {
            link = await Restore(cancellationToken);
            await link.SetDeadline(SessionClock.AgentDeadline(State, _services.Time.GetUtcNow()), cancellationToken);
            await Name(link.Id.ToString(), place.Bound);
        }
        catch (Exception e)
        {
            _services.Admission.Leave();
            if (link is not null)
                await _services.Sandboxes.Destroy(link);
            LogNotWoken(_services.Logger, State.Id, e);
            if ((SessionAdmission.RefusalOf(e) ?? SnapshotRefusals.OfRestoring(e)) is { } expected)
                return expected;
            throw;
        }

        await RemoveImage(_services, State);
        return link;
    }

    /// <summary>Removes what is stored of a session that has a sandbox again, or has ended.</summary>
    public static Task RemoveImage(SessionServices services, SessionState state) => services.Store.Remove(state.TenantId, OwnerOf(state.Id));

    /// <summary>This grain leaves memory; the session goes on sleeping, and its policy being watched.</summary>
    public ValueTask Abandon() => _timer.DisposeAsync();

    public ValueTask DisposeAsync()
    {
        _services.Suspended.End(State.Id);
        return _timer.DisposeAsync();
    }

    // A write that failed may have been one: the sandbox that the state names must not be destroyed.
    private async Task Name(string sandboxId, QuotaBound? bound)
    {
        try
        {
            await _record.Change(current => current.Suspended ? current.Wake(sandboxId) with { Bound = bound } : current);
        }
        catch
        {
            await _record.Reload();
            if (State.SandboxId != sandboxId)
                throw;
        }

        if (State.SandboxId != sandboxId)
            throw new SandboxStartException("The session has ended meanwhile.");
    }

    private async Task<SandboxLink> Restore(CancellationToken cancellationToken)
    {
        var (spec, tenant, image) = (State.Spec, State.TenantId, State.Image!);
        await using var received = await Task.Run(() => _services.Store.ReceiveImage(spec.Limits, tenant, image, cancellationToken), CancellationToken.None);
        return await _services.Sandboxes.Restore(spec, received, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session}, paused to disk, could not be woken")]
    private static partial void LogNotWoken(ILogger logger, string session, Exception exception);
}
