namespace Sandbox.Runtime.Oci;

/// <summary>
/// Hands out ranges of 65,536 host user ids, one per sandbox: the kernel counts pipe buffers, inotify instances, keys and
/// pending signals by user, so sandboxes that shared one would starve each other. A range comes back into use as late as
/// possible.
/// </summary>
internal sealed class IdRanges(long firstId, int count)
{
    public const int Size = 65536;

    private readonly Lock _lock = new();
    private readonly Queue<int> _free = new(Enumerable.Range(0, count));
    private readonly HashSet<int> _reserved = [];

    /// <summary>Takes a range; null when all are in use.</summary>
    public long? Acquire()
    {
        lock (_lock)
        {
            while (_free.TryDequeue(out var slot))
            {
                // A reserved slot stays out of the queue until it is released.
                if (_reserved.Add(slot))
                    return firstId + ((long)slot * Size);
            }

            return null;
        }
    }

    /// <summary>Marks the range of a sandbox that an earlier process made.</summary>
    public void Reserve(long hostId)
    {
        lock (_lock)
            _reserved.Add(SlotOf(hostId));
    }

    /// <summary>Gives a range back.</summary>
    public void Release(long hostId)
    {
        var slot = SlotOf(hostId);
        if (slot < 0 || slot >= count)
            return;
        lock (_lock)
        {
            if (_reserved.Remove(slot) && !_free.Contains(slot))
                _free.Enqueue(slot);
        }
    }

    // Below the first id the quotient is rounded down, too: a range that is not ours must not pass for the first one.
    private int SlotOf(long hostId) => (int)Math.Floor((hostId - firstId) / (double)Size);
}
