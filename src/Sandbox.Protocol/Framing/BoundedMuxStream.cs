namespace Sandbox.Protocol.Framing;

/// <summary>
/// Stands between a connection and the multiplexer, which would buffer a frame of any length that the other side
/// announces: checks every announced length as it passes and ends the connection when one is beyond the bound.
/// A frame of the multiplexer is a MessagePack array of at most four elements: integers, nil, and one binary.
/// It also reads ahead: the multiplexer asks for 4 KiB at a time, and a system call for each would cost most of the time.
/// </summary>
public sealed class BoundedMuxStream(Stream inner) : Stream
{
    /// <summary>Longest payload of one frame; the multiplexer itself sends at most 20 KiB.</summary>
    public const int MaxPayloadBytes = 64 * 1024;

    private const int MaxElements = 4;
    private const int ReadAheadBytes = 64 * 1024;

    private readonly byte[] ahead = GC.AllocateUninitializedArray<byte>(ReadAheadBytes);
    private int aheadStart;
    private int aheadEnd;
    private int elements;
    private int lengthBytes;
    private uint length;
    private long skip;

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (aheadStart == aheadEnd)
            Fill(await inner.ReadAsync(ahead, cancellationToken));
        return Take(buffer.Span);
    }

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count)
    {
        if (aheadStart == aheadEnd)
            Fill(inner.Read(ahead));
        return Take(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc />
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    /// <inheritdoc />
    public override void Flush() => inner.Flush();

    /// <inheritdoc />
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private void Fill(int count)
    {
        Check(ahead.AsSpan(0, count));
        (aheadStart, aheadEnd) = (0, count);
    }

    private int Take(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, aheadEnd - aheadStart);
        ahead.AsSpan(aheadStart, count).CopyTo(buffer);
        aheadStart += count;
        return count;
    }

    private void Check(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (skip > 0)
            {
                int skipped = (int)Math.Min(skip, bytes.Length);
                skip -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            if (lengthBytes > 0)
                CheckLength(bytes[0]);
            else if (elements == 0)
                CheckFrame(bytes[0]);
            else
                CheckElement(bytes[0]);
            bytes = bytes[1..];
        }
    }

    private void CheckFrame(byte first)
    {
        elements = first - 0x90;
        if (elements is < 1 or > MaxElements)
            throw new ProtocolViolationException("Not a frame of the multiplexer.");
    }

    private void CheckElement(byte first)
    {
        elements--;
        switch (first)
        {
            case < 0x80 or >= 0xe0 or 0xc0:
                break;
            case 0xcc or 0xd0:
                skip = 1;
                break;
            case 0xcd or 0xd1:
                skip = 2;
                break;
            case 0xce or 0xd2:
                skip = 4;
                break;
            case 0xcf or 0xd3:
                skip = 8;
                break;
            case >= 0xc4 and <= 0xc6:
                lengthBytes = 1 << (first - 0xc4);
                length = 0;
                break;
            default:
                throw new ProtocolViolationException("Not a frame of the multiplexer.");
        }
    }

    private void CheckLength(byte next)
    {
        length = (length << 8) | next;
        if (--lengthBytes > 0)
            return;
        if (length > MaxPayloadBytes)
            throw new ProtocolViolationException("A frame of the multiplexer is too long.");
        skip = length;
    }
}
