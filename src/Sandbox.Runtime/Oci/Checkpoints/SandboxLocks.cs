namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>One at a time per sandbox: saving it, finding it and removing it exclude each other.</summary>
internal sealed class SandboxLocks
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SandboxId, Entry> _entries = [];

    /// <summary>Waits for the sandbox; disposing of the answer lets the next one in.</summary>
    public async Task<Held> Enter(SandboxId id, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out entry!))
                _entries.Add(id, entry = new Entry());
            entry.Users++;
        }

        try
        {
            await entry.Turn.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(id, entry);
            throw;
        }

        entry.Interrupt = new CancellationTokenSource();
        return new Held(this, id, entry);
    }

    /// <summary>Asks who holds the sandbox, if anybody does, to give up.</summary>
    public void Interrupt(SandboxId id)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(id, out var entry))
                entry.Interrupt?.Cancel();
        }
    }

    private void Leave(SandboxId id, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Users == 0)
                _entries.Remove(id);
        }
    }

    /// <summary>A turn.</summary>
    internal sealed class Held(SandboxLocks locks, SandboxId id, Entry entry) : IDisposable
    {
        private int _left;

        /// <summary>Cancelled when somebody wants the sandbox removed.</summary>
        public CancellationToken Interrupted { get; } = entry.Interrupt!.Token;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) != 0)
                return;
            entry.Turn.Release();
            locks.Leave(id, entry);
        }
    }

    /// <summary>Who waits for one sandbox.</summary>
    internal sealed class Entry
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public CancellationTokenSource? Interrupt { get; set; }

        public int Users { get; set; }
    }
}
