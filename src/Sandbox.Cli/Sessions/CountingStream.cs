using System.Security.Cryptography;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Sessions;

/// <summary>A stream to read from once, which shows how far it is and hashes what was read. It owns nothing.</summary>
internal sealed class CountingStream(Stream inner, IncrementalHash hash, ProgressLine progress) : Stream
{
    public override bool CanRead => true;

    // A length that is known lets the server refuse early, and nobody seeks.
    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Count(buffer.AsSpan(offset, inner.Read(buffer, offset, count)));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        return Count(buffer.Span[..count]);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(ReadOnlySpan<byte> bytes)
    {
        hash.AppendData(bytes);
        progress.Add(bytes.Length);
        return bytes.Length;
    }
}
