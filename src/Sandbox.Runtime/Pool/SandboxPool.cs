using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Runtime.Languages;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Pool;

/// <summary>
/// Sandboxes of this node with their interpreter running, waiting for work. Taking one is a dequeue; one background loop,
/// the only writer, fills up again. A sandbox leaves the pool for ever when it is taken.
/// </summary>
public sealed partial class SandboxPool(
    ISandboxRuntime runtime,
    KernelStarter kernels,
    IOptions<PoolOptions> options,
    IOptions<LanguageOptions> languages,
    TemplateRegistry templates,
    RuntimeInstruments instruments,
    TimeProvider time,
    ILogger<SandboxPool> logger)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RestAfterClaim = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<PoolKey, PoolShelf> _shelves = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly PoolOptions _options = options.Value;

    /// <summary>Ready sandboxes by key.</summary>
    public IReadOnlyDictionary<PoolKey, int> Ready => _shelves.ToDictionary(shelf => shelf.Key, shelf => shelf.Value.Ready);

    /// <summary>The ready sandboxes.</summary>
    public IReadOnlyCollection<SandboxId> Held => [.. _shelves.Values.SelectMany(shelf => shelf.Held)];

    /// <summary>
    /// Takes a sandbox that is ready for the key and gives it the limits, or makes one. The caller owns it and destroys it.
    /// </summary>
    /// <exception cref="SandboxStartException">None was ready and none could be made.</exception>
    public async Task<SandboxHandle> Acquire(PoolKey key, SandboxLimits limits, CancellationToken cancellationToken)
    {
        if (TryAcquire(key, limits) is { } ready)
            return ready;
        var began = time.GetTimestamp();
        var handle = await Make(key, limits, cancellationToken);
        instruments.SandboxStarted(key, warm: false, time.GetElapsedTime(began));
        return handle;
    }

    /// <summary>Takes a ready sandbox without waiting; null when there is none.</summary>
    public SandboxHandle? TryAcquire(PoolKey key, SandboxLimits limits)
    {
        if (!_options.Enabled)
            return null;
        var began = time.GetTimestamp();
        var shelf = ShelfOf(key);
        shelf.Demand(time.GetUtcNow());
        // These two are properties of mounts and processes that exist already.
        var fits = limits.DiskBytes == _options.Limits.DiskBytes && limits.Processes == _options.Limits.Processes;
        var handle = fits ? shelf.Take() : null;
        _wake.Release();
        if (handle is null)
            return null;
        if (!Claim(handle, limits))
            return null;
        instruments.SandboxStarted(key, warm: true, time.GetElapsedTime(began));
        return handle;
    }

    /// <summary>Begins to keep sandboxes ready for a key, as if one had been asked for.</summary>
    public void Warm(PoolKey key)
    {
        ShelfOf(key).Demand(time.GetUtcNow());
        _wake.Release();
    }

    /// <summary>Gives up what is ready of a template, and keeps nothing of it ready from now on.</summary>
    public async Task Drop(string template)
    {
        foreach (var key in _shelves.Keys.Where(key => key.Template == template).ToList())
        {
            if (_shelves.TryRemove(key, out var shelf))
                await Task.WhenAll(shelf.Close().Select(Discard));
        }
    }

    /// <summary>Keeps the pool filled until cancelled, then destroys what is in it.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        AddMinimumShelves();
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await _wake.WaitAsync(await Refill(cancellationToken), cancellationToken);
                while (_wake.Wait(0, CancellationToken.None))
                {
                    // One refill answers every claim up to now.
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }

        foreach (var shelf in _shelves.Values)
            await Task.WhenAll(shelf.TakeAll().Select(Discard));
    }

    // Returns how long to wait for the next claim before looking again.
    private async Task<TimeSpan> Refill(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var shelf in _shelves.Values)
            await Task.WhenAll(shelf.TakeStale(now, TimeSpan.FromSeconds(_options.MaxIdleSeconds), TargetOf(shelf)).Select(Discard));
        while (NextBatch() is { Count: > 0 } batch)
        {
            var made = await Task.WhenAll(batch.Select(shelf => Fill(shelf, cancellationToken)));
            if (made.Contains(false))
                return Tick; // A host that cannot start sandboxes is not asked in a loop.
        }

        return Wanting().Any(entry => !Now(entry)) ? RestAfterClaim : Tick;
    }

    // The emptiest shelves first, as far as the budget and the parallelism reach.
    private List<PoolShelf> NextBatch()
    {
        var free = _options.MemoryBudgetBytes - _shelves.Values.Sum(shelf => shelf.Ready * BytesOf(shelf.Key));
        return [.. Wanting()
            .Where(Now)
            .OrderBy(entry => (double)entry.Shelf.Ready / entry.Target)
            .Take(_options.RefillParallelism)
            .TakeWhile(entry => (free -= BytesOf(entry.Shelf.Key)) >= 0)
            .Select(entry => entry.Shelf)];
    }

    private long BytesOf(PoolKey key) => Math.Max(_options.IdleSandboxBytes, templates.Find(key.Template)?.IdleBytes ?? 0);

    private IEnumerable<(PoolShelf Shelf, int Target)> Wanting() => _shelves.Values
        .Where(shelf => runtime.Available.Contains(shelf.Key.Isolation))
        .Select(shelf => (Shelf: shelf, Target: TargetOf(shelf)))
        .Where(entry => entry.Shelf.Ready < entry.Target && entry.Shelf.MayTry(time.GetUtcNow()));

    private bool Now((PoolShelf Shelf, int Target) entry) => entry.Shelf.MayMake(entry.Target, time.GetUtcNow(), RestAfterClaim);

    private async Task<bool> Fill(PoolShelf shelf, CancellationToken cancellationToken)
    {
        try
        {
            var handle = await Make(shelf.Key, _options.Limits, cancellationToken);
            await using var undo = new UndoStack();
            undo.Push(() => Discard(handle));
            // Third line of defence: a ready sandbox that everybody has forgotten ends by itself.
            await handle.Agent.SetDeadline(TimeSpan.FromSeconds(_options.MaxIdleSeconds * 2), cancellationToken);
            if (shelf.Key.Isolation == IsolationClass.Strong)
                await WarmUp.Run(handle.Agent, cancellationToken);
            if (shelf.Add(handle, time.GetUtcNow()))
                undo.Commit();
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogRefillFailed(shelf.Key, e);
            shelf.Failed(time.GetUtcNow());
            return false;
        }
    }

    private async Task<SandboxHandle> Make(PoolKey key, SandboxLimits limits, CancellationToken cancellationToken)
    {
        var handle = await runtime.Create(new SandboxSpec(key.Template, key.Isolation, limits), cancellationToken);
        try
        {
            if (templates.Find(key.Template) is { } template)
                await StartCommand.Run(handle, template, cancellationToken);
            if (key.Language is { } language)
                await kernels.Start(handle, language, cancellationToken);
            return handle;
        }
        catch (Exception e)
        {
            await Discard(handle);
            throw e as SandboxStartException ?? new SandboxStartException($"A sandbox for {key} could not be made ready.", e);
        }
    }

    private bool Claim(SandboxHandle handle, SandboxLimits limits)
    {
        try
        {
            handle.SetLimits(limits);
            return true;
        }
        catch (IOException e)
        {
            // It died between the look at it and now.
            LogClaimFailed(handle.Id, e);
            _ = Discard(handle);
            return false;
        }
    }

    private async Task Discard(SandboxHandle handle)
    {
        await handle.DisposeAsync();
        await runtime.Destroy(handle.Id, CancellationToken.None);
    }

    private void AddMinimumShelves()
    {
        foreach (var template in runtime.Templates)
        {
            foreach (var isolation in runtime.Available)
            {
                foreach (var language in languages.Value.Languages.Keys)
                    ShelfOf(new PoolKey(template, language, isolation));
                ShelfOf(new PoolKey(template, null, isolation));
            }
        }
    }

    private PoolShelf ShelfOf(PoolKey key) => _shelves.GetOrAdd(key, k => k.Template == SandboxTemplate.DefaultKey
        ? new PoolShelf(k, MinimumOf(k))
        : new PoolShelf(k, minimum: 1, TimeSpan.FromSeconds(_options.TemplateSeconds)));

    private int MinimumOf(PoolKey key)
    {
        if (key.Language is null)
            return key.Isolation == IsolationClass.Standard ? 1 : 0;
        if (!languages.Value.Languages.TryGetValue(key.Language, out var language))
            return 0;
        return key.Isolation == IsolationClass.Standard ? language.WarmStandard : language.WarmStrong;
    }

    private int TargetOf(PoolShelf shelf) =>
        _options.Enabled ? shelf.Target(time.GetUtcNow(), _options.MaxPerKey, _options.HorizonSeconds) : 0;

    [LoggerMessage(Level = LogLevel.Warning, Message = "A sandbox for {Key} could not be made ready")]
    private partial void LogRefillFailed(PoolKey key, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ready sandbox {Id} could not be claimed")]
    private partial void LogClaimFailed(SandboxId id, Exception exception);
}
