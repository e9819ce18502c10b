namespace Sandbox.Packages.Python;

/// <summary>Lets only so many bytes be read of what somebody else has made.</summary>
internal sealed class BoundedReads(Stream source, long left) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => source.CanSeek;

    public override bool CanWrite => false;

    public override long Length => source.Length;

    public override long Position
    {
        get => source.Position;
        set => source.Position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        var read = source.Read(buffer);
        left -= read;
        return left >= 0 ? read : throw new InvalidDataException("There is more to read than there should be.");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => source.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // The source is the caller's.
    }
}
