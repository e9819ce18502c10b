using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Oci.Cgroups;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>Lets saved sandboxes go on in their place: at once, or, when that failed or its server was killed, when they are looked for.</summary>
internal sealed partial class Resumption(
    IOptions<RuntimeOptions> options,
    HostLayout layout,
    ICgroupHierarchy cgroups,
    SandboxStarter starter,
    GroupLimits limits,
    ImageStore store,
    TimeProvider time,
    ILogger<Resumption> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // Images that a sandbox of this node may still have to go on from.
    private readonly ConcurrentDictionary<SandboxId, ImageFolder> _pending = new();
    private readonly ConcurrentDictionary<SandboxId, Task> _running = new();

    /// <summary>Begins it; the turn ends with it.</summary>
    public void Begin(OciEngine engine, SandboxId id, BoxRecord record, ImageFolder image, SandboxLocks.Held turn)
    {
        _pending[id] = store.Open(image.Name)!;
        _running[id] = Run(engine, id, record, image.Path, turn);
    }

    /// <summary>Completes when every sandbox that was saved goes on, or could not.</summary>
    public Task Settled() => Task.WhenAll(_running.Values);

    /// <summary>
    /// Finds a sandbox that was being saved when its server ended: it is quiet for a while, or still being saved, or has stopped
    /// and goes on from the image. Null when it is lost.
    /// </summary>
    public async Task<SandboxHandle?> Recover(OciEngine engine, SandboxId id, BoxRecord record, PendingResume pending, CancellationToken cancellationToken)
    {
        var saved = record with { Spec = record.Spec with { Limits = pending.Limits } };
        if (!IsBeingSaved(pending.Image))
            TellAgent(id, record);
        while (true)
        {
            if (!cgroups.IsPopulated(layout.CgroupOf(id)))
                return await FromImage(engine, id, saved, pending.Image, cancellationToken);
            try
            {
                var handle = await starter.Attach(id, saved, cancellationToken);
                limits.TrySet(id, saved.Spec);
                Forget(id);
                return handle;
            }
            catch (AgentConnectionException) when (!cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    /// <summary>Lets a quiet agent listen again, with the token that it has.</summary>
    public void TellAgent(SandboxId id, BoxRecord record)
    {
        try
        {
            ResumeFile.Write(layout.ChannelOf(id), record.Token, record.HostId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It does so by itself after a while.
            LogNotTold(id, e);
        }
    }

    /// <summary>Lets go of what a sandbox could have gone on from.</summary>
    public void Forget(SandboxId id)
    {
        PendingResume.Delete(layout.BoxOf(id));
        if (_pending.TryRemove(id, out var folder))
            folder.Dispose();
    }

    // A killed server's engine goes on. An agent that opened its socket under it would cost the sandbox.
    private bool IsBeingSaved(string image)
    {
        var folder = Path.Combine(layout.Images, image);
        return (Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any())
            || Directory.EnumerateDirectories("/proc").Any(process => CgroupFile.ReadText(Path.Combine(process, "cmdline"))?.Contains(folder, StringComparison.Ordinal) == true);
    }

    private async Task Run(OciEngine engine, SandboxId id, BoxRecord record, string image, SandboxLocks.Held turn)
    {
        using (turn)
        {
            try
            {
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(turn.Interrupted);
                timeout.CancelAfter(ImageTimeout.Of(options.Value, record.Spec.Limits.MemoryBytes));
                await using var handle = await starter.Resume(engine, id, record, image, timeout.Token);
                Forget(id);
            }
            catch (Exception e)
            {
                // The image stays: whoever looks for the sandbox, and finds it stopped, tries again. Unless it is to go.
                cgroups.Kill(layout.CgroupOf(id));
                if (!turn.Interrupted.IsCancellationRequested)
                    LogNotResumed(id, e);
            }
            finally
            {
                _running.TryRemove(id, out _);
            }
        }
    }

    private async Task<SandboxHandle?> FromImage(OciEngine engine, SandboxId id, BoxRecord record, string image, CancellationToken cancellationToken)
    {
        using var folder = store.Open(image);
        if (folder is null)
            return null;
        var handle = await starter.Resume(engine, id, record, folder.Path, cancellationToken);
        Forget(id);
        LogRecovered(id);
        return handle;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Sandbox {Id} was saved and could not go on at once")]
    private partial void LogNotResumed(SandboxId id, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The agent of sandbox {Id} could not be told to listen again")]
    private partial void LogNotTold(SandboxId id, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sandbox {Id} was found stopped and goes on from its image")]
    private partial void LogRecovered(SandboxId id);
}
