using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Runtime.Languages;

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
        var free = (int)Math.Min(int.MaxValue, _options.MemoryBudgetBytes / _options.IdleSandboxBytes) - _shelves.Values.Sum(shelf => shelf.Ready);
        return [.. Wanting()
            .Where(Now)
            .OrderBy(entry => (double)entry.Shelf.Ready / entry.Target)
            .Take(Math.Clamp(_options.RefillParallelism, 0, Math.Max(0, free)))
            .Select(entry => entry.Shelf)];
    }

    private IEnumerable<(PoolShelf Shelf, int Target)> Wanting() => _shelves.Values
        .Where(shelf => runtime.Available.Contains(shelf.Key.Isolation))
        .Select(shelf => (Shelf: shelf, Target: TargetOf(shelf)))
        .Where(entry => entry.Shelf.Ready < entry.Target);

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
            shelf.Add(handle, time.GetUtcNow());
            undo.Commit();
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogRefillFailed(shelf.Key, e);
            return false;
        }
    }

    private async Task<SandboxHandle> Make(PoolKey key, SandboxLimits limits, CancellationToken cancellationToken)
    {
        var handle = await runtime.Create(new SandboxSpec(key.Template, key.Isolation, limits), cancellationToken);
        try
        {
            if (key.Language is { } language)
                await kernels.Start(handle, language, cancellationToken);
            return handle;
        }
        catch (Exception e)
        {
            await Discard(handle);
            throw e as SandboxStartException ?? new SandboxStartException($"The kernel of {key.Language} could not be started.", e);
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

    private PoolShelf ShelfOf(PoolKey key) => _shelves.GetOrAdd(key, k => new PoolShelf(k, MinimumOf(k)));

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
