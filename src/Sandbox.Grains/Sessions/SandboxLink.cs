using Sandbox.Runtime;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions;

/// <summary>The sandbox of a session is gone, and its state with it.</summary>
internal sealed class SandboxLostException(SandboxId id) : Exception($"Sandbox {id} is gone or does not answer.");

/// <summary>
/// The one connection of this process to a session's sandbox, for its steps and its files alike. A broken one is made
/// anew by whoever needs it next; a sandbox that is not found any more is lost for good.
/// </summary>
internal sealed class SandboxLink(SandboxId id, SandboxHandle? handle, ISandboxRuntime runtime, TimeProvider time) : IAsyncDisposable
{
    private const int FreeCuts = 5;
    private static readonly TimeSpan CutPause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _connecting = new(1);
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SandboxHandle? _handle = handle;
    private int _cuts;
    private int _uses;
    private long _lastUse = time.GetUtcNow().UtcTicks;
    private bool _disposed;

    public SandboxId Id { get; } = id;

    /// <summary>Completes when the sandbox turned out to be gone.</summary>
    public Task Lost => _lost.Task;

    /// <summary>Whether somebody transfers or watches files.</summary>
    public bool InUse => Volatile.Read(ref _uses) > 0;

    /// <summary>When the last use began or ended.</summary>
    public DateTimeOffset LastUse => new(Volatile.Read(ref _lastUse), TimeSpan.Zero);

    /// <summary>Counts as work until it is disposed.</summary>
    public IDisposable Use()
    {
        Interlocked.Increment(ref _uses);
        return new Disposal(() =>
        {
            Volatile.Write(ref _lastUse, time.GetUtcNow().UtcTicks);
            Interlocked.Decrement(ref _uses);
        });
    }

    /// <summary>A connected sandbox.</summary>
    /// <exception cref="SandboxLostException">It is gone.</exception>
    public async ValueTask<SandboxHandle> Get(CancellationToken cancellationToken)
    {
        if (_handle is { Agent.Disconnected.IsCompleted: false } connected)
            return connected;
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            return await Connect(cancellationToken);
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Sets the time at which the agent ends the sandbox by itself.</summary>
    /// <exception cref="SandboxLostException">It is gone.</exception>
    public async Task SetDeadline(TimeSpan fromNow, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt <= FreeCuts; attempt++)
        {
            try
            {
                await (await Get(cancellationToken)).Agent.SetDeadline(fromNow, cancellationToken);
                return;
            }
            catch (AgentConnectionException)
            {
                // Connected anew; a sandbox whose agent never answers is none.
            }
        }

        GiveUp();
        throw new SandboxLostException(Id);
    }

    /// <summary>
    /// Saves the sandbox with its memory, and lets it go on. That breaks the connection; whoever needs one meanwhile waits here,
    /// where otherwise a sandbox that does not answer for a moment would be taken for lost.
    /// </summary>
    /// <exception cref="SandboxImageException">It could not be saved.</exception>
    public async Task<SandboxImage> Checkpoint(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (_lost.Task.IsCompleted)
                throw new SandboxLostException(Id);
            if (Interlocked.Exchange(ref _handle, null) is { } connected)
                await connected.DisposeAsync();
            return await runtime.Checkpoint(Id, stop: false, cancellationToken);
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Takes the sandbox for lost.</summary>
    public void GiveUp() => _lost.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        if (Interlocked.Exchange(ref _handle, null) is { } connected)
            await connected.DisposeAsync();
    }

    private async Task<SandboxHandle> Connect(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_lost.Task.IsCompleted)
            throw new SandboxLostException(Id);
        if (_handle is { } known)
        {
            if (!known.Agent.Disconnected.IsCompleted)
                return known;
            await known.DisposeAsync();
            // An agent that cuts the connection again and again does not keep the node busy with it.
            if (++_cuts > FreeCuts)
                await Task.Delay(CutPause, time, cancellationToken);
        }

        _handle = await runtime.Find(Id, cancellationToken);
        if (_handle is { } found)
            return found;
        _lost.TrySetResult();
        throw new SandboxLostException(Id);
    }

    private sealed class Disposal(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
