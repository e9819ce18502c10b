namespace Sandbox.Runtime.Templates.Unpacking;

/// <summary>
/// An archive as it is read: never more of it than was allowed, so that neither a header nor what unpacks to a million
/// times its size is taken into memory.
/// </summary>
internal sealed class MeteredStream(Stream inner, long most) : Stream
{
    private long _read;
    private long _allowed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>How much may be read from now on, in place of what was allowed before.</summary>
    public void Allow(long bytes) => _allowed = bytes;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer[..Bound(buffer.Length)], cancellationToken);
        Count(read);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, Bound(count));
        Count(read);
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Bound(int wanted)
    {
        if (wanted == 0)
            return 0;
        if (_read == most)
            throw new TemplateContentException($"The archive is longer than {most} bytes.");
        if (_allowed == 0)
            throw new TemplateContentException("The header of an entry is too long.");
        return (int)Math.Min(wanted, Math.Min(most - _read, _allowed));
    }

    private void Count(int read)
    {
        _read += read;
        _allowed -= read;
    }
}
