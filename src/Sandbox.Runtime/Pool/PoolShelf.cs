namespace Sandbox.Runtime.Pool;

/// <summary>The ready sandboxes of one key, oldest first.</summary>
/// <param name="key">What they have in common.</param>
/// <param name="minimum">How many are kept at least.</param>
/// <param name="keptFor">How long after the last demand any are kept; null for ever.</param>
internal sealed class PoolShelf(PoolKey key, int minimum, TimeSpan? keptFor = null)
{
    // Below this part of what is wanted, filling up comes first.
    private const int LowStock = 8;

    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Queue<(SandboxHandle Handle, DateTimeOffset Since)> _ready = new();
    private readonly DemandEstimate _demand = new();
    private DateTimeOffset _claimedAt;
    private DateTimeOffset _restsUntil;
    private TimeSpan _rest;
    private bool _closed;

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
            return now - _claimedAt >= keptFor ? 0 : _demand.Target(now, minimum, maximum, horizonSeconds);
    }

    /// <summary>Making one has failed: the next try waits, longer each time, so that what can never work costs next to nothing.</summary>
    public void Failed(DateTimeOffset now)
    {
        lock (_lock)
        {
            _rest = _rest == TimeSpan.Zero ? FirstRest : _rest * 2 < LongestRest ? _rest * 2 : LongestRest;
            _restsUntil = now + _rest;
        }
    }

    /// <summary>False while it waits after a failure.</summary>
    public bool MayTry(DateTimeOffset now)
    {
        lock (_lock)
            return now >= _restsUntil;
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

    /// <summary>Puts one on the shelf; false when it is closed.</summary>
    public bool Add(SandboxHandle handle, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_closed)
                return false;
            _rest = TimeSpan.Zero;
            _ready.Enqueue((handle, now));
            return true;
        }
    }

    /// <summary>Nothing comes onto it any more.</summary>
    public IReadOnlyList<SandboxHandle> Close()
    {
        lock (_lock)
        {
            _closed = true;
            return TakeAll();
        }
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
