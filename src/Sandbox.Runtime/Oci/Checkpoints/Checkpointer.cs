using Microsoft.Extensions.Options;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Oci.Cgroups;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>
/// Saves sandboxes with their memory. The engine ends a sandbox by saving it, so going on means to be restored at once, under
/// the same id; that is begun when the image is whole, and its end is not waited for.
/// </summary>
internal sealed class Checkpointer(
    IOptions<RuntimeOptions> options,
    HostLayout layout,
    ICgroupHierarchy cgroups,
    GroupLimits limits,
    ImageStore store,
    Resumption resumption,
    SandboxLocks locks,
    TimeProvider time)
{
    // What an image has beside the sandbox's memory: the state of the engine's kernel.
    private const long StateBytes = 64L << 20;

    private static readonly TimeSpan QuiesceTimeout = TimeSpan.FromSeconds(10);

    // For how long an agent waits to be saved. When it listens again too early, the sandbox cannot be saved and is lost.
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

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
                resumption.Begin(engine.Engine, id, record, folder, turn);
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

    private async Task<Saved> Save(MemoryEngine engine, SandboxId id, SandboxLocks.Held turn, CancellationToken cancellationToken)
    {
        var box = layout.BoxOf(id);
        if (BoxRecord.Read(box) is not { Root: { } root, Agent: { } agent } record || record.Engine != engine.Engine.Name)
            throw new SandboxImageException($"There is no sandbox {id} that could be saved with its memory.");
        if (PendingResume.Read(box) is not null)
            throw new SandboxImageException($"Sandbox {id} has been saved already, and does not run.");
        var has = limits.Read(id, record) ?? throw new SandboxImageException($"Sandbox {id} does not run.");
        var used = Math.Min(has.MemoryBytes, cgroups.Read(layout.CgroupOf(id))?.MemoryBytes ?? 0);
        record = record with { Spec = record.Spec with { Limits = has } };

        await using var undo = new UndoStack();
        var folder = store.Reserve(has.MemoryBytes + StateBytes);
        undo.Push(folder.Dispose);
        new PendingResume(folder.Name, has).Write(box);
        undo.Push(() => PendingResume.Delete(box));
        undo.Push(() => resumption.TellAgent(id, record));
        await Quiesce(engine, id, record, turn, cancellationToken);

        // The image is memory too, and is counted to who writes it: to the sandbox.
        limits.TrySet(id, record.Spec with { Limits = has with { MemoryBytes = (2 * has.MemoryBytes) + StateBytes, Cpu = Math.Max(has.Cpu, Environment.ProcessorCount) } });
        undo.Push(() => limits.TrySet(id, record.Spec));
        // From here on the caller's wish to stop waiting would cost the sandbox.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(turn.Interrupted);
        patience.CancelAfter(ImageTimeout.Of(options.Value, has.MemoryBytes));
        await engine.Engine.Checkpoint(id, folder.Path, folder.Log, patience.Token);
        undo.Commit();

        folder.Settle();
        var header = new ImageHeader(
            engine.Version, layout.NameOf(root), Path.GetFileName(agent), used, has.DiskBytes, has.Processes, ImageFile.In(folder), layout.NameOf(record.Layer));
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

    private sealed record Saved(OciImage Image, ImageFolder Folder, BoxRecord Record);
}
