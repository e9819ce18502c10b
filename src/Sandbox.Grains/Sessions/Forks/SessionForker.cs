using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Snapshots;

namespace Sandbox.Grains.Sessions.Forks;

/// <summary>
/// Makes forks of a live session, all or none: which sessions they will be is durable before the first of them is made, and
/// whoever takes the session up while that is so removes them. Used in the turns of the session's grain only.
/// </summary>
internal sealed partial class SessionForker(
    SessionRecord record, SandboxLink link, SessionServices services, IGrainFactory grains, Func<IReadOnlyList<SavedKernel>> kernels)
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly CancellationTokenSource _stop = new();

    private SessionState Source => record.Current;

    private string Owner => $"{Source.Id}/fork";

    /// <summary>Makes them, or says why there are none.</summary>
    public async Task<Reply<SessionForks>> Fork(Caller caller, ForkSpec fork, string? key, string fingerprint, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        try
        {
            await _one.WaitAsync(ended.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SessionRefusals.Ending;
        }

        try
        {
            SessionId.TryParse(Source.Id, out var source);
            var children = Enumerable.Range(0, fork.Count)
                .Select(index => key is null ? SessionId.New() : SessionId.FromForkKey(caller.TenantId, source, key, index))
                .ToList();
            var pending = new PendingFork(Guid.NewGuid().ToString("N"), [.. children.Select(child => child.ToString())]);
            var spec = Source.Spec with
            {
                TtlSeconds = fork.TtlSeconds ?? Source.Spec.TtlSeconds,
                Metadata = fork.Metadata ?? Source.Spec.Metadata,
                Snapshot = null,
                Fork = pending.Id,
                // A copy is not one of the workflow's: nothing would end it with that.
                Workflow = null,
            };
            // One that is there was made by an earlier request with this key, and then all of them were.
            var replayed = key is not null && await IsThere(caller, children[0], cancellationToken);
            return replayed
                ? await Create(caller, children, spec, fingerprint, null, ended.Token)
                : await Make(caller, pending, children, spec, fork.Memory, fingerprint, ended.Token);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Removes forks that an earlier process was making.</summary>
    public async Task UndoLeft()
    {
        await _one.WaitAsync();
        try
        {
            foreach (var fork in Source.Forks)
            {
                await Undo(fork);
                LogUndone(services.Logger, Source.Id, fork.Children.Count);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Ends what is being made, and completes when nothing of it is left; nothing more is made then.</summary>
    public async Task Stop()
    {
        await _stop.CancelAsync();
        await _one.WaitAsync();
        _one.Release();
    }

    /// <summary>Lets go of what is being made: the next process removes it.</summary>
    public void Abandon() => _stop.Cancel();

    private async Task<Reply<SessionForks>> Make(
        Caller caller, PendingFork pending, List<SessionId> children, SessionSpec spec, bool memory, string fingerprint, CancellationToken cancellationToken)
    {
        await record.Change(current => current.BeginFork(pending));
        Reply<SessionForks> made;
        try
        {
            made = memory
                ? await WithMemory(caller, pending, children, spec, fingerprint, cancellationToken)
                : await WithFiles(caller, pending, children, spec, fingerprint, cancellationToken);
        }
        catch (Exception e)
        {
            LogFailed(services.Logger, Source.Id, e);
            await Undo(pending);
            if (e is OperationCanceledException && _stop.IsCancellationRequested)
                return SessionRefusals.Ending;
            if (SnapshotRefusals.OfSaving(e) is { } expected)
                return expected;
            throw;
        }

        if (made.Refusal is { } refusal)
        {
            await Undo(pending);
            return refusal;
        }

        await record.Change(current => current.EndFork(pending));
        return made;
    }

    private async Task<Reply<SessionForks>> WithMemory(
        Caller caller, PendingFork pending, List<SessionId> children, SessionSpec spec, string fingerprint, CancellationToken cancellationToken)
    {
        using var use = link.Use();
        var running = kernels();
        await using var image = await link.Checkpoint(cancellationToken);
        using var held = services.Starts.Forks.Add(pending.Id, new ForkContent(Source.TenantId, null, image, running));
        return await Create(caller, children, spec, fingerprint, 0, cancellationToken);
    }

    private async Task<Reply<SessionForks>> WithFiles(
        Caller caller, PendingFork pending, List<SessionId> children, SessionSpec spec, string fingerprint, CancellationToken cancellationToken)
    {
        var (limits, tenant, owner) = (Source.Spec.Limits, Source.TenantId, Owner);
        var stored = await Task.Run(() => services.Store.SaveFiles(link, limits, tenant, owner, forbidden: null, cancellationToken), CancellationToken.None);
        using var held = services.Starts.Forks.Add(pending.Id, new ForkContent(tenant, stored.ArtifactId, null, []));
        var made = await Create(caller, children, spec, fingerprint, stored.Skipped, cancellationToken);
        await services.Store.Remove(tenant, owner);
        return made;
    }

    private async Task<Reply<SessionForks>> Create(
        Caller caller, List<SessionId> children, SessionSpec spec, string fingerprint, long? skipped, CancellationToken cancellationToken)
    {
        var replies = await Task.WhenAll(children.Select(
            child => grains.GetGrain<ISessionGrain>(child.ToString()).Create(caller, spec, fingerprint, cancellationToken)));
        return replies.FirstOrDefault(reply => reply.Refusal is not null)?.Refusal is { } refusal
            ? refusal
            : new SessionForks([.. replies.Select(reply => reply.Value!.Session)], replies[0].Value!.Replayed, skipped);
    }

    private async Task<bool> IsThere(Caller caller, SessionId child, CancellationToken cancellationToken) =>
        (await grains.GetGrain<ISessionGrain>(child.ToString()).Get(caller, cancellationToken)).Refusal?.Code != RefusalCodes.NotFound;

    // What cannot be undone now is undone by whoever takes the session up next.
    private async Task Undo(PendingFork pending)
    {
        await Task.WhenAll(pending.Children.Select(child => grains.GetGrain<ISessionCopies>(child).Discard()));
        await services.Store.Remove(Source.TenantId, Owner);
        await record.Change(current => current.EndFork(pending));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} could not be forked")]
    private static partial void LogFailed(ILogger logger, string session, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}: {Count} forks that an earlier process was making are removed")]
    private static partial void LogUndone(ILogger logger, string session, int count);
}
