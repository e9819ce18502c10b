namespace Sandbox.Runtime.Pool;

/// <summary>The ready sandboxes of one key, oldest first.</summary>
internal sealed class PoolShelf(PoolKey key, int minimum)
{
    // Below this part of what is wanted, filling up comes first.
    private const int LowStock = 8;

    private readonly Lock _lock = new();
    private readonly Queue<(SandboxHandle Handle, DateTimeOffset Since)> _ready = new();
    private readonly DemandEstimate _demand = new();
    private DateTimeOffset _claimedAt;

    public PoolKey Key { get; } = key;

    public int Ready
    {
        get
        {
            lock (_lock)
                return _ready.Count;
        }
    }

    public IReadOnlyCollection<SandboxId> Held
    {
        get
        {
            lock (_lock)
                return [.. _ready.Select(entry => entry.Handle.Id)];
        }
    }

    public void Demand(DateTimeOffset now)
    {
        lock (_lock)
        {
            _demand.Record(now);
            _claimedAt = now;
        }
    }

    public int Target(DateTimeOffset now, int maximum, double horizonSeconds)
    {
        lock (_lock)
            return _demand.Target(now, minimum, maximum, horizonSeconds);
    }

    /// <summary>
    /// True when another one may be made now. Making one takes the processor from the job that has just taken one: while
    /// there is stock, that waits until no claim has come for a moment.
    /// </summary>
    public bool MayMake(int target, DateTimeOffset now, TimeSpan rest)
    {
        lock (_lock)
            return _ready.Count <= target / LowStock || now - _claimedAt >= rest;
    }

    public void Add(SandboxHandle handle, DateTimeOffset now)
    {
        lock (_lock)
            _ready.Enqueue((handle, now));
    }

    /// <summary>The oldest whose agent is still connected. Dead ones stay for <see cref="TakeStale"/> to find.</summary>
    public SandboxHandle? Take()
    {
        lock (_lock)
        {
            for (var i = _ready.Count; i > 0; i--)
            {
                var entry = _ready.Dequeue();
                if (!entry.Handle.Agent.Disconnected.IsCompleted)
                    return entry.Handle;
                _ready.Enqueue(entry);
            }

            return null;
        }
    }

    /// <summary>Takes out what is dead, what is too old, and one more where there are more than wanted.</summary>
    public IReadOnlyList<SandboxHandle> TakeStale(DateTimeOffset now, TimeSpan maxAge, int target)
    {
        var stale = new List<SandboxHandle>();
        lock (_lock)
        {
            for (var i = _ready.Count; i > 0; i--)
            {
                var entry = _ready.Dequeue();
                if (entry.Handle.Agent.Disconnected.IsCompleted || now - entry.Since > maxAge)
                    stale.Add(entry.Handle);
                else
                    _ready.Enqueue(entry);
            }

            if (_ready.Count > target)
                stale.Add(_ready.Dequeue().Handle);
        }

        return stale;
    }

    public IReadOnlyList<SandboxHandle> TakeAll()
    {
        lock (_lock)
        {
            var all = _ready.Select(entry => entry.Handle).ToList();
            _ready.Clear();
            return all;
        }
    }
}
