using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Snapshots;
using Sandbox.Runtime;
using Sandbox.Runtime.Pool;

namespace Sandbox.Grains.Sessions;

/// <summary>The sandboxes of this node's sessions: takes them from the pool, holds a link to each, and gives them back.</summary>
internal sealed partial class SessionSandboxes(
    ISandboxRuntime runtime,
    SandboxPool pool,
    IOptions<SessionOptions> options,
    TimeProvider time,
    ILogger<SessionSandboxes> logger)
{
    private readonly ConcurrentDictionary<SandboxId, SandboxLink> _links = new();
    private readonly SemaphoreSlim _starting = new(options.Value.StartParallelism);

    /// <summary>Sandboxes of the sessions that this process holds.</summary>
    public IReadOnlyCollection<SandboxId> Held => [.. _links.Keys];

    /// <summary>A sandbox with the session's language waiting in it: from the pool, or made; null when none could be had.</summary>
    public async Task<SandboxLink?> TryAcquire(SessionSpec spec, CancellationToken cancellationToken)
    {
        var key = KeyOf(spec);
        var limits = LimitsOf(spec);
        try
        {
            return Track(pool.TryAcquire(key, limits) ?? await Make(key, limits, cancellationToken));
        }
        catch (SandboxStartException e)
        {
            LogNoSandbox(e);
            return null;
        }
    }

    /// <summary>A sandbox that goes on where an image was taken.</summary>
    /// <exception cref="SandboxStartException">None could be made.</exception>
    public async Task<SandboxLink> Restore(SessionSpec spec, SandboxImage image, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            var key = KeyOf(spec);
            return Track(await runtime.Restore(new SandboxSpec(key.Template, key.Isolation, LimitsOf(spec)), image, cancellationToken));
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Whether sandboxes of an isolation class can be saved with their memory.</summary>
    public bool HasMemory(string isolation) => runtime.WithMemory.Contains(ClassOf(isolation));

    /// <summary>Why sandboxes of an isolation class cannot be saved with their memory; null where they can.</summary>
    public Refusal? RefuseMemory(string isolation, string field) =>
        HasMemory(isolation) ? null : SnapshotRefusals.MemoryUnsupported(isolation, field);

    /// <summary>The link to a sandbox of an earlier process; it connects when it is needed.</summary>
    public SandboxLink Resume(string sandboxId)
    {
        if (!SandboxId.TryParse(sandboxId, out var id))
            throw new InvalidOperationException("The state names no sandbox.");
        return _links.GetOrAdd(id, key => new SandboxLink(key, null, runtime, time));
    }

    /// <summary>The link to a sandbox that a session of this process holds; null when there is none.</summary>
    public SandboxLink? Find(SandboxId id) => _links.GetValueOrDefault(id);

    /// <summary>The link to the sandbox of a session that is to be copied; null where this process does not hold it.</summary>
    public SandboxLink? Find(SessionSource source) => SandboxId.TryParse(source.SandboxId, out var id) ? Find(id) : null;

    /// <summary>Closes the link and leaves the sandbox running.</summary>
    public async Task Release(SandboxLink link)
    {
        _links.TryRemove(KeyValuePair.Create(link.Id, link));
        await link.DisposeAsync();
    }

    /// <summary>Destroys the sandbox, paused or not.</summary>
    public async Task Destroy(SandboxLink link)
    {
        await Release(link);
        try
        {
            await runtime.Destroy(link.Id, CancellationToken.None);
        }
        catch (Exception e)
        {
            // No session claims it any more: the next sweep removes it.
            LogNotDestroyed(link.Id, e);
        }
    }

    public Task Freeze(SandboxId id, bool frozen, CancellationToken cancellationToken) => runtime.Freeze(id, frozen, cancellationToken);

    public SandboxUsage? Usage(SandboxId id)
    {
        try
        {
            return runtime.ReadUsage(id);
        }
        catch (IOException)
        {
            // The group went away while it was read.
            return null;
        }
    }

    // A hundred sessions at once would otherwise start a hundred engines at once, and each would be slow.
    private async Task<SandboxHandle> Make(PoolKey key, SandboxLimits limits, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            return await pool.Acquire(key, limits, cancellationToken);
        }
        finally
        {
            _starting.Release();
        }
    }

    private SandboxLink Track(SandboxHandle handle) =>
        _links.GetOrAdd(handle.Id, id => new SandboxLink(id, handle, runtime, time));

    private static PoolKey KeyOf(SessionSpec spec) => new(
        spec.Template ?? "default",
        spec.Language,
        ClassOf(spec.Isolation));

    private static IsolationClass ClassOf(string isolation) => isolation == IsolationClasses.Strong ? IsolationClass.Strong : IsolationClass.Standard;

    private static SandboxLimits LimitsOf(SessionSpec spec) =>
        new(spec.Limits.Cpu, spec.Limits.MemoryBytes, spec.Limits.DiskBytes, spec.Limits.Processes);

    [LoggerMessage(Level = LogLevel.Error, Message = "No sandbox could be made for a session")]
    private partial void LogNoSandbox(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sandbox {Sandbox} of an ended session could not be destroyed")]
    private partial void LogNotDestroyed(SandboxId sandbox, Exception exception);
}
