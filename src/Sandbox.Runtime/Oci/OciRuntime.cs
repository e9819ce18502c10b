using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Oci.Cgroups;
using Sandbox.Runtime.Oci.Checkpoints;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Oci;

/// <summary>Sandboxes as containers of OCI runtimes on this host.</summary>
internal sealed partial class OciRuntime(
    IOptions<RuntimeOptions> options,
    HostLayout layout,
    IdRanges ranges,
    NodeProcesses processes,
    ICgroupHierarchy cgroups,
    SandboxStarter starter,
    EngineProbe probe,
    Memories memories,
    SandboxLocks locks,
    TimeProvider time,
    ILogger<OciRuntime> logger) : ISandboxRuntime, IAsyncDisposable
{
    private const int AttachAttempts = 5;
    private static readonly TimeSpan AttachPause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<SandboxId, Lazy<Task>> _destroying = new();
    private FrozenDictionary<IsolationClass, OciEngine> _engines = FrozenDictionary<IsolationClass, OciEngine>.Empty;

    public IReadOnlySet<IsolationClass> Available => _engines.Keys.ToHashSet();

    public IReadOnlyCollection<string> Templates { get; } = [HostTemplate.Name];

    public IReadOnlySet<IsolationClass> WithMemory => memories.Classes;

    public async Task Initialize(CancellationToken cancellationToken)
    {
        processes.Join();
        layout.Prepare();
        ReserveRanges();

        var standard = probe.Find(IsolationClass.Standard, cancellationToken);
        var strong = probe.Find(IsolationClass.Strong, cancellationToken);
        _engines = new[] { await standard, await strong }.OfType<OciEngine>().ToFrozenDictionary(engine => engine.Isolation);
        if (_engines.Count == 0)
            LogNoEngine();
        await memories.Initialize(_engines.GetValueOrDefault(IsolationClass.Strong), cancellationToken);
    }

    private void ReserveRanges()
    {
        ranges.Prepare();
        // Another process takes the range first, and makes the sandbox's folder then.
        if (!processes.HasOthers)
            ranges.Sweep(Boxes().ToHashSet());
        foreach (var id in Boxes())
        {
            if (BoxRecord.Read(layout.BoxOf(id)) is { } record)
                ranges.Reserve(record.HostId, id);
        }
    }

    public async Task<SandboxHandle> Create(SandboxSpec spec, CancellationToken cancellationToken)
    {
        if (!_engines.TryGetValue(spec.Isolation, out var engine))
            throw new SandboxStartException($"Isolation class {spec.Isolation} is not available on this host.");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(options.Value.StartTimeoutSeconds));
        try
        {
            return await starter.Start(engine, spec, timeout.Token);
        }
        catch (Exception e) when (e is not SandboxStartException && !cancellationToken.IsCancellationRequested)
        {
            throw new SandboxStartException($"A sandbox could not be started by {engine.Name}.", e);
        }
    }

    public async Task<SandboxHandle?> Find(SandboxId id, CancellationToken cancellationToken)
    {
        // Nothing bounds this but the caller: a sandbox that is being saved is not lost.
        using var turn = await locks.Enter(id, cancellationToken);
        if (BoxRecord.Read(layout.BoxOf(id)) is not { } record)
            return null;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, turn.Interrupted);
        timeout.CancelAfter(TimeSpan.FromSeconds(options.Value.StartTimeoutSeconds));
        try
        {
            return await memories.Recover(id, record, timeout.Token) ?? await Attach(id, record, timeout.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested
            && e is AgentConnectionException or AgentRequestException or SandboxStartException or IOException or OperationCanceledException)
        {
            LogNotAttached(id, e);
            return null;
        }
    }

    // What is not found is lost with all its work: one connection that breaks, on a host under load, is not enough for that.
    private async Task<SandboxHandle> Attach(SandboxId id, BoxRecord record, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await starter.Attach(id, record, cancellationToken);
            }
            catch (AgentConnectionException) when (attempt < AttachAttempts && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(AttachPause * attempt, time, cancellationToken);
            }
        }
    }

    public async Task Destroy(SandboxId id, CancellationToken cancellationToken)
    {
        var destroying = _destroying.GetOrAdd(id, key => new Lazy<Task>(() => DestroyOnce(key)));
        try
        {
            await destroying.Value.WaitAsync(cancellationToken);
        }
        finally
        {
            _destroying.TryRemove(KeyValuePair.Create(id, destroying));
        }
    }

    public Task<SandboxImage> Checkpoint(SandboxId id, bool stop, CancellationToken cancellationToken) =>
        memories.Checkpoint(id, stop, cancellationToken);

    public Task<SandboxImage> ReceiveImage(Stream content, long maxBytes, CancellationToken cancellationToken) =>
        memories.Receive(content, maxBytes, cancellationToken);

    public Task<SandboxHandle> Restore(SandboxSpec spec, SandboxImage image, CancellationToken cancellationToken) =>
        memories.Restore(spec, image, cancellationToken);

    public async Task Freeze(SandboxId id, bool frozen, CancellationToken cancellationToken)
    {
        try
        {
            await cgroups.Freeze(layout.CgroupOf(id), frozen, cancellationToken);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException("The group may not be frozen.", e);
        }
    }

    public SandboxUsage? ReadUsage(SandboxId id) => cgroups.Read(layout.CgroupOf(id));

    public IReadOnlyCollection<SandboxId> ListOwn() =>
        Boxes().Concat(cgroups.Children(layout.CgroupParent).Select(Parse).OfType<SandboxId>()).Where(id => !IsAnothers(id)).ToHashSet();

    public async Task<int> Sweep(IReadOnlySet<SandboxId> claimed, CancellationToken cancellationToken)
    {
        var found = await DestroyAll(ListOwn().Where(id => !claimed.Contains(id)), cancellationToken);
        memories.Sweep(Boxes());
        processes.RemoveDrafts();
        if (!Boxes().Any() && !processes.HasOthers)
            layout.RemoveUnused();
        return found;
    }

    public Task<int> SweepOrphans(IReadOnlySet<SandboxId> claimed, CancellationToken cancellationToken)
    {
        processes.RemoveDrafts();
        return DestroyAll(
            Boxes().Where(id => !claimed.Contains(id) && BoxRecord.Read(layout.BoxOf(id)) is { } record && processes.HasEnded(record.Maker)), cancellationToken);
    }

    private async Task<int> DestroyAll(IEnumerable<SandboxId> sandboxes, CancellationToken cancellationToken)
    {
        var all = sandboxes.ToList();
        await Parallel.ForEachAsync(
            all,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (id, token) => await Destroy(id, token));
        return all.Count;
    }

    /// <summary>
    /// Leaves nothing of the node itself on the host, unless another process uses it; sandboxes that live on need none of it, and
    /// the next process makes it anew.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(_destroying.Values.Select(destroying => destroying.Value));
            await memories.Settled();
            processes.Dispose();
            if (processes.HasOthers)
                return;
            await memories.Close(Boxes());
            await MountNamespace.Release(layout.CrunNamespace);
            cgroups.Remove(layout.CgroupParent);
            layout.RemoveRun();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotTidied(e);
        }
    }

    private async Task DestroyOnce(SandboxId id)
    {
        try
        {
            locks.Interrupt(id);
            using var turn = await locks.Enter(id, CancellationToken.None);
            memories.Forget(id);
            await starter.Erase(_engines.Values, id);
        }
        catch (Exception e)
        {
            // The sweep comes by again.
            LogNotDestroyed(id, e);
        }
    }

    // A group whose folder is gone is being removed by whoever removed the folder, or was left behind by a process that is no more.
    private bool IsAnothers(SandboxId id) => BoxRecord.Read(layout.BoxOf(id)) is { } record
        ? processes.IsAnother(record.Maker)
        : processes.HasOthers;

    private IEnumerable<SandboxId> Boxes() =>
        Directory.Exists(layout.Boxes) ? Directory.EnumerateDirectories(layout.Boxes).Select(Path.GetFileName).Select(Parse).OfType<SandboxId>() : [];

    private static SandboxId? Parse(string? name) => SandboxId.TryParse(name, out var id) ? id : null;

    [LoggerMessage(Level = LogLevel.Error, Message = "No OCI runtime works on this host: no code can be run. Install crun or runc")]
    private partial void LogNoEngine();

    [LoggerMessage(Level = LogLevel.Information, Message = "Sandbox {Id} was found but does not answer")]
    private partial void LogNotAttached(SandboxId id, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The node's own traces on the host could not all be removed")]
    private partial void LogNotTidied(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sandbox {Id} could not be removed")]
    private partial void LogNotDestroyed(SandboxId id, Exception exception);
}
