using System.Net.Sockets;
using Sandbox.Egress.Records;

namespace Sandbox.Egress;

/// <summary>One connection to the outside, whose bytes are counted as they pass. Cutting it ends whatever reads or writes.</summary>
internal sealed class EgressConnection : Stream
{
    private readonly NetworkStream _stream;
    private readonly TimeSpan _idle;
    private readonly Func<int, bool> _take;
    private readonly TimeProvider _time;
    private readonly long _openedAt;
    private readonly ITimer _idleTimer;
    private long _out;
    private long _in;
    private string? _outcome;

    /// <param name="opened">What was decided.</param>
    /// <param name="socket">The connection, which this then owns.</param>
    /// <param name="idle">How long nothing may move.</param>
    /// <param name="take">Takes bytes from what the sandbox has left; false where that is used up.</param>
    /// <param name="time">The clock.</param>
    public EgressConnection(EgressDecision opened, Socket socket, TimeSpan idle, Func<int, bool> take, TimeProvider time)
    {
        Opened = opened;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _idle = idle;
        _take = take;
        _time = time;
        _openedAt = time.GetTimestamp();
        _idleTimer = time.CreateTimer(_ => Cut(EgressOutcomes.Idle), null, idle, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What was decided about it.</summary>
    public EgressDecision Opened { get; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends it, for a reason; the first one counts.</summary>
    public void Cut(string outcome)
    {
        Interlocked.CompareExchange(ref _outcome, outcome, null);
        _stream.Dispose();
    }

    /// <summary>Nothing more is sent; what comes still does.</summary>
    public void EndSending() => _stream.Socket.Shutdown(SocketShutdown.Send);

    /// <summary>How it has ended, once it has.</summary>
    public EgressEnd End() =>
        new(Opened, Interlocked.Read(ref _out), Interlocked.Read(ref _in), _time.GetElapsedTime(_openedAt), _outcome ?? EgressOutcomes.Closed);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _stream.ReadAsync(buffer, cancellationToken);
        // What is cut while it is read may look like an end.
        if (count == 0 && Volatile.Read(ref _outcome) is { } cut)
            throw new IOException($"The connection was cut: {cut}.");
        Interlocked.Add(ref _in, count);
        Count(count);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count(buffer.Length);
        Interlocked.Add(ref _out, buffer.Length);
        await _stream.WriteAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _idleTimer.Dispose();
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Count(int bytes)
    {
        _idleTimer.Change(_idle, Timeout.InfiniteTimeSpan);
        if (_take(bytes))
            return;
        Cut(EgressOutcomes.ByteLimit);
        throw new IOException("What the sandbox may send and receive is used up.");
    }
}
