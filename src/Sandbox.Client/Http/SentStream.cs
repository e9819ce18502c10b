using System.Security.Cryptography;

namespace Sandbox.Client;

/// <summary>The caller's stream on its way to the server. It stays open when the message is done with it, and what was read of it is hashed.</summary>
internal sealed class SentStream(Stream inner) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _isWhole;

    /// <summary>SHA-256 of all of it, lower-case hexadecimal; null where it was not read to its end.</summary>
    public string? Sha256 => _isWhole ? Convert.ToHexStringLower(_hash.GetCurrentHash()) : null;

    /// <summary>Whether anything was asked of the caller's stream, which may be lost to it then.</summary>
    public bool WasRead { get; private set; }

    public override bool CanRead => true;

    // A length that is known lets the server refuse early.
    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        WasRead = true;
        return Count(buffer.AsSpan(offset, inner.Read(buffer, offset, count)));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        WasRead = true;
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Count(buffer.Span[..count]);
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(ReadOnlySpan<byte> bytes)
    {
        _isWhole = bytes.IsEmpty;
        _hash.AppendData(bytes);
        return bytes.Length;
    }
}
