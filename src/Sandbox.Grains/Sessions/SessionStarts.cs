using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Sessions.Forks;
using Sandbox.Grains.Sessions.Steps;
using Sandbox.Grains.Snapshots;
using Sandbox.Runtime;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// Sandboxes for new sessions: empty ones, or ones that begin with a snapshot or with what a fork's source holds ready. Either
/// all of that is in the sandbox, and was found undamaged, or there is no sandbox.
/// </summary>
internal sealed partial class SessionStarts(
    SessionSandboxes sandboxes,
    SandboxStore store,
    ForkContents forks,
    ForeignSteps foreign,
    IGrainFactory grains,
    ILogger<SessionStarts> logger)
{
    private static readonly Refusal NoSandbox = new(RefusalCodes.SandboxStartFailed, "No sandbox could be started.", null, TimeSpan.FromSeconds(2));

    /// <summary>What forks that are being made begin with.</summary>
    public ForkContents Forks => forks;

    /// <summary>The sandbox of a new session, or why there is none.</summary>
    public async Task<Reply<SessionStart>> Make(Caller caller, SessionId id, SessionSpec spec, CancellationToken cancellationToken)
    {
        var content = await Find(caller, spec, cancellationToken);
        if (content.Refusal is { } refusal)
            return refusal;
        try
        {
            return await (content.Value switch
            {
                null => Empty(spec, cancellationToken),
                { Image: { } image } fork => Restored(id, spec, image, fork.Kernels, cancellationToken),
                { IsImage: true } stored => Received(id, spec, stored, cancellationToken),
                var stored => Unpacked(spec, stored, cancellationToken),
            });
        }
        catch (Exception e) when (SnapshotRefusals.OfRestoring(e) is { } expected)
        {
            LogNotRestored(id, e);
            return expected;
        }
    }

    private async Task<Reply<StartContent>> Find(Caller caller, SessionSpec spec, CancellationToken cancellationToken)
    {
        if (spec.Fork is { } fork)
        {
            return forks.Find(caller.TenantId, fork) is { } held
                ? new StartContent(held.TenantId, held.ArtifactId, held.Image, IsImage: held.Image is not null, held.Kernels)
                : SnapshotRefusals.ContentGone;
        }

        if (spec.Snapshot is not { } snapshot)
            return new Reply<StartContent>(null, null);
        if (!SnapshotId.TryParse(snapshot, out _))
            return SnapshotRefusals.Unknown;
        var reply = await grains.GetGrain<ISnapshotContent>(snapshot).Find(caller, cancellationToken);
        if (reply.Value is not { } found)
            return SnapshotRefusals.Unknown;
        return Mismatch(spec, found) is { } mismatch
            ? mismatch
            : new StartContent(caller.TenantId, found.ArtifactId, null, found.View.Memory, found.Kernels);
    }

    private static Refusal? Mismatch(SessionSpec spec, SnapshotContent snapshot)
    {
        var view = snapshot.View;
        if (spec.Language != view.Language)
            return SnapshotRefusals.Mismatch("language", view.Language);
        if (spec.Isolation != view.Isolation)
            return SnapshotRefusals.Mismatch("isolation", view.Isolation);
        if (spec.Template != view.Template)
            return SnapshotRefusals.Mismatch("template", view.Template);
        // Mounts and the limit of processes are part of what was saved.
        if (view.Memory && (spec.Limits.DiskBytes, spec.Limits.Processes) != (view.Limits.DiskBytes, view.Limits.Processes))
            return SnapshotRefusals.Mismatch("limits", "diskBytes and processes");
        // What they hold is masked by the names that the session has.
        return snapshot.Secrets.Except(spec.Secrets ?? [], StringComparer.Ordinal).Any() ? SnapshotRefusals.SecretsNotNamed : null;
    }

    private async Task<Reply<SessionStart>> Empty(SessionSpec spec, CancellationToken cancellationToken) =>
        await sandboxes.TryAcquire(spec, cancellationToken) is { } link ? new SessionStart(link, null) : NoSandbox;

    private async Task<Reply<SessionStart>> Unpacked(SessionSpec spec, StartContent content, CancellationToken cancellationToken)
    {
        if (await sandboxes.TryAcquire(spec, cancellationToken) is not { } link)
            return NoSandbox;
        try
        {
            await Task.Run(() => store.RestoreFiles(link, content.TenantId, content.ArtifactId!, cancellationToken), CancellationToken.None);
            return new SessionStart(link, null);
        }
        catch
        {
            await sandboxes.Destroy(link);
            throw;
        }
    }

    private async Task<Reply<SessionStart>> Received(SessionId id, SessionSpec spec, StartContent content, CancellationToken cancellationToken)
    {
        await using var image = await Task.Run(() => store.ReceiveImage(spec.Limits, content.TenantId, content.ArtifactId!, cancellationToken), CancellationToken.None);
        return await Restored(id, spec, image, content.Kernels, cancellationToken);
    }

    private async Task<Reply<SessionStart>> Restored(
        SessionId id, SessionSpec spec, SandboxImage image, IReadOnlyList<SavedKernel> kernels, CancellationToken cancellationToken)
    {
        var link = await sandboxes.Restore(spec, image, cancellationToken);
        try
        {
            await foreign.End(await link.Get(cancellationToken), cancellationToken);
            return new SessionStart(link, new SessionOrigin(ForeignSteps.BranchOf(id), kernels));
        }
        catch
        {
            await sandboxes.Destroy(link);
            throw;
        }
    }

    private sealed record StartContent(string TenantId, string? ArtifactId, SandboxImage? Image, bool IsImage, IReadOnlyList<SavedKernel> Kernels);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} could not be started with what it was to begin with")]
    private partial void LogNotRestored(SessionId session, Exception exception);
}

/// <summary>The sandbox of a new session.</summary>
/// <param name="Link">The sandbox.</param>
/// <param name="Origin">What it has from another session, where it was restored with its memory.</param>
internal sealed record SessionStart(SandboxLink Link, SessionOrigin? Origin);
