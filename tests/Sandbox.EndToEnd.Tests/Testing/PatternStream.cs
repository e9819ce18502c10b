using System.Security.Cryptography;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>Bytes that do not repeat and are never all in memory.</summary>
/// <param name="size">How many.</param>
/// <param name="knowsLength">Whether a reader is told how many.</param>
/// <param name="breaksAt">After how many bytes reading fails; null for never.</param>
internal sealed class PatternStream(long size, bool knowsLength = true, long? breaksAt = null) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _block = RandomNumberGenerator.GetBytes(1 << 16);
    private long _position;

    /// <summary>Of what was read, in lower-case hexadecimal.</summary>
    public string Sha256 => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public override bool CanRead => true;

    public override bool CanSeek => knowsLength;

    public override bool CanWrite => false;

    public override long Length => size;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position >= breaksAt)
            throw new IOException("The source has broken off.");
        var count = (int)Math.Min(Math.Min(buffer.Length, _block.Length), size - _position);
        // Each block differs from every other one in its first bytes.
        BitConverter.TryWriteBytes(_block, _position);
        _block.AsSpan(0, count).CopyTo(buffer);
        _hash.AppendData(buffer[..count]);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
