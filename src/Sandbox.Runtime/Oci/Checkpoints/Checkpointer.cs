using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Oci.Cgroups;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>
/// Saves sandboxes with their memory. The engine ends a sandbox by saving it, so going on means to be restored at once, under
/// the same id; that is begun when the image is whole, and its end is not waited for.
/// </summary>
internal sealed partial class Checkpointer(
    IOptions<RuntimeOptions> options,
    HostLayout layout,
    ICgroupHierarchy cgroups,
    SandboxStarter starter,
    ImageStore store,
    SandboxLocks locks,
    TimeProvider time,
    ILogger<Checkpointer> logger)
{
    // What an image has beside the sandbox's memory: the state of the engine's kernel.
    private const long StateBytes = 64L << 20;

    // The slowest that an engine is waited for, on a host under load.
    private const long LeastBytesPerSecond = 4L << 20;

    private static readonly TimeSpan QuiesceTimeout = TimeSpan.FromSeconds(10);

    // For how long an agent waits to be saved. When it listens again too early, the sandbox cannot be saved and is lost.
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan RecoveryPause = TimeSpan.FromMilliseconds(20);

    // Images that a sandbox of this node may still have to go on from.
    private readonly ConcurrentDictionary<SandboxId, ImageFolder> _pending = new();

    // Sandboxes that are about to go on.
    private readonly ConcurrentDictionary<SandboxId, Task> _goingOn = new();

    /// <summary>Saves a sandbox; see <see cref="ISandboxRuntime.Checkpoint"/>.</summary>
    public async Task<OciImage> Checkpoint(MemoryEngine engine, SandboxId id, bool stop, CancellationToken cancellationToken)
    {
        var turn = await locks.Enter(id, cancellationToken);
        try
        {
            var (image, folder, record) = await Save(engine, id, turn, cancellationToken);
            if (stop)
            {
                cgroups.Kill(layout.CgroupOf(id));
            }
            else
            {
                _pending[id] = store.Open(folder.Name)!;
                _goingOn[id] = GoOn(engine.Engine, id, record, folder.Path, turn);
                turn = null;
            }

            return image;
        }
        catch (AgentRequestException e)
        {
            throw new SandboxImageException($"Sandbox {id} cannot be saved as it is: {e.Message}", e);
        }
        catch (Exception e) when (e is not SandboxImageException && !cancellationToken.IsCancellationRequested)
        {
            throw new SandboxImageException($"Sandbox {id} could not be saved.", e);
        }
        finally
        {
            turn?.Dispose();
        }
    }

    /// <summary>
    /// Finds a sandbox that was being saved when its server ended: it is quiet for a while, or still being saved, or has stopped
    /// and goes on from the image. Null when it is lost.
    /// </summary>
    public async Task<SandboxHandle?> Recover(OciEngine engine, SandboxId id, BoxRecord record, PendingResume pending, CancellationToken cancellationToken)
    {
        var saved = record with { Spec = record.Spec with { Limits = pending.Limits } };
        while (true)
        {
            if (!cgroups.IsPopulated(layout.CgroupOf(id)))
                return await Resume(engine, id, saved, pending.Image, cancellationToken);
            try
            {
                var handle = await starter.Attach(id, saved, cancellationToken);
                ApplyLimits(id, saved.Spec);
                Forget(id);
                return handle;
            }
            catch (AgentConnectionException) when (!cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(RecoveryPause, time, cancellationToken);
            }
        }
    }

    /// <summary>Completes when every sandbox that was saved goes on, or could not.</summary>
    public Task Settled() => Task.WhenAll(_goingOn.Values);

    /// <summary>Lets go of what a sandbox could have gone on from.</summary>
    public void Forget(SandboxId id)
    {
        PendingResume.Delete(layout.BoxOf(id));
        if (_pending.TryRemove(id, out var folder))
            folder.Dispose();
    }

    private async Task<Saved> Save(MemoryEngine engine, SandboxId id, SandboxLocks.Held turn, CancellationToken cancellationToken)
    {
        var box = layout.BoxOf(id);
        if (BoxRecord.Read(box) is not { Root: { } root, Agent: { } agent } record || record.Engine != engine.Engine.Name)
            throw new SandboxImageException($"There is no sandbox {id} that could be saved with its memory.");
        var limits = LimitsOf(id, record) ?? throw new SandboxImageException($"Sandbox {id} does not run.");
        var used = Math.Min(limits.MemoryBytes, cgroups.Read(layout.CgroupOf(id))?.MemoryBytes ?? 0);
        record = record with { Spec = record.Spec with { Limits = limits } };

        await using var undo = new UndoStack();
        var folder = store.Reserve(limits.MemoryBytes + StateBytes);
        undo.Push(folder.Dispose);
        new PendingResume(folder.Name, limits).Write(box);
        undo.Push(() => PendingResume.Delete(box));
        undo.Push(() => LetListen(id, record));
        await Quiesce(engine, id, record, turn, cancellationToken);

        // The image is memory too, and is counted to who writes it: to the sandbox.
        ApplyLimits(id, record.Spec with { Limits = limits with { MemoryBytes = (2 * limits.MemoryBytes) + StateBytes, Cpu = Math.Max(limits.Cpu, Environment.ProcessorCount) } });
        undo.Push(() => ApplyLimits(id, record.Spec));
        // From here on the caller's wish to stop waiting would cost the sandbox.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(turn.Interrupted);
        patience.CancelAfter(Patience(limits.MemoryBytes));
        await engine.Engine.Checkpoint(id, folder.Path, folder.Log, patience.Token);
        undo.Commit();

        folder.Settle();
        var header = new ImageHeader(
            engine.Version, Path.GetFileName(root), Path.GetFileName(agent), used, limits.DiskBytes, limits.Processes, ImageFile.In(folder));
        return new Saved(new OciImage(header, folder), folder, record);
    }

    private async Task Quiesce(MemoryEngine engine, SandboxId id, BoxRecord record, SandboxLocks.Held turn, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, turn.Interrupted);
        timeout.CancelAfter(QuiesceTimeout);
        var socket = layout.SocketOf(id);
        await using (var agent = await AgentClient.ConnectAsync(await AgentSocket.Connect(socket, timeout.Token), record.Token, timeout.Token))
            await agent.Quiesce(LongestQuiet, !engine.SavesTcpWaits, timeout.Token);
        while (Libc.Exists(socket))
            await Task.Delay(Pause, time, timeout.Token);
    }

    private async Task GoOn(OciEngine engine, SandboxId id, BoxRecord record, string image, SandboxLocks.Held turn)
    {
        using (turn)
        {
            try
            {
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(turn.Interrupted);
                timeout.CancelAfter(Patience(record.Spec.Limits.MemoryBytes));
                await using var handle = await starter.Resume(engine, id, record, image, timeout.Token);
                Forget(id);
                _goingOn.TryRemove(id, out _);
            }
            catch (Exception e)
            {
                // The image stays: whoever looks for the sandbox, and finds it stopped, tries again.
                cgroups.Kill(layout.CgroupOf(id));
                LogNotResumed(id, e);
            }
        }
    }

    private async Task<SandboxHandle?> Resume(OciEngine engine, SandboxId id, BoxRecord record, string image, CancellationToken cancellationToken)
    {
        using var folder = store.Open(image);
        if (folder is null)
            return null;
        var handle = await starter.Resume(engine, id, record, folder.Path, cancellationToken);
        Forget(id);
        LogRecovered(id);
        return handle;
    }

    // A pool gives a sandbox other limits than those that it was made with. One that was restored may have more than its own.
    private SandboxLimits? LimitsOf(SandboxId id, BoxRecord record)
    {
        var made = record.Spec.Limits;
        if (cgroups.ReadLimits(layout.CgroupOf(id)) is not { } limits)
            return null;
        var memory = limits.MemoryBytes == made.MemoryBytes + SandboxStarter.RestoreHeadroom ? made.MemoryBytes : limits.MemoryBytes;
        return made with { MemoryBytes = memory, Cpu = limits.Cpu };
    }

    private void ApplyLimits(SandboxId id, SandboxSpec spec)
    {
        try
        {
            cgroups.Apply(layout.CgroupOf(id), spec.Limits with { Processes = OciBundle.CgroupProcesses(spec) });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or uses more than it may again: the next allocation meets the limit that there is.
            LogLimitsNotSet(id, e);
        }
    }

    private void LetListen(SandboxId id, BoxRecord record)
    {
        try
        {
            ResumeFile.Write(layout.ChannelOf(id), record.Token, record.HostId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The agent listens again by itself after a while.
            LogNotTold(id, e);
        }
    }

    private TimeSpan Patience(long bytes) => TimeSpan.FromSeconds(options.Value.StartTimeoutSeconds + ((double)bytes / LeastBytesPerSecond));

    private sealed record Saved(OciImage Image, ImageFolder Folder, BoxRecord Record);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sandbox {Id} was saved and could not go on at once")]
    private partial void LogNotResumed(SandboxId id, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sandbox {Id} was found stopped and goes on from its image")]
    private partial void LogRecovered(SandboxId id);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The limits of sandbox {Id} could not be set")]
    private partial void LogLimitsNotSet(SandboxId id, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The agent of sandbox {Id} could not be told to listen again")]
    private partial void LogNotTold(SandboxId id, Exception exception);
}
