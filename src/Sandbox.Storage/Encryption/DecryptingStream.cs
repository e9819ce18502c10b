using System.Security.Cryptography;

namespace Sandbox.Storage.Encryption;

/// <summary>
/// An encrypted object, wherever it is stored, as the plain, seekable stream that it was. Holds one chunk; nothing of a chunk is given
/// out before all of it has been authenticated. The length is authenticated by the last chunk, which is opened first.
/// </summary>
internal sealed class DecryptingStream : Stream
{
    private readonly Stream _source;
    private readonly AesGcm _cipher;
    private readonly byte[] _context;
    private readonly long _length;
    private readonly long _lastChunk;
    private readonly byte[] _stored = new byte[EncryptedFormat.StoredChunkBytes];
    private readonly byte[] _plain = new byte[EncryptedFormat.ChunkBytes];
    private long _opened = -1;
    private int _openedBytes;
    private long _position;

    private DecryptingStream(Stream source, byte[] key, string objectId, (long Length, long LastChunk) measure)
    {
        (_length, _lastChunk) = measure;
        _source = source;
        _cipher = EncryptedFormat.Cipher(key);
        _context = EncryptedFormat.ContextOf(objectId);
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>Opens an object. The stream owns what it reads from, also when this fails.</summary>
    /// <exception cref="InvalidDataException">What is stored is not this object, or not all of it.</exception>
    public static async Task<DecryptingStream> Open(Stream source, byte[] key, string objectId, CancellationToken cancellationToken)
    {
        try
        {
            var magic = new byte[EncryptedFormat.Magic.Length];
            if (await source.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellationToken) != magic.Length || !EncryptedFormat.Magic.SequenceEqual(magic))
                throw new InvalidDataException("A stored object is not in the format of encrypted ones.");
            var stream = new DecryptingStream(source, key, objectId, EncryptedFormat.Measure(source.Length));
            await stream.Enter(stream._lastChunk, cancellationToken);
            return stream;
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position >= _length || buffer.IsEmpty)
            return 0;
        var chunk = _position / EncryptedFormat.ChunkBytes;
        if (chunk != _opened)
        {
            _source.Position = OffsetOf(chunk);
            Enter(chunk, _source.ReadAtLeast(_stored, _stored.Length, throwOnEndOfStream: false));
        }

        return Take(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= _length || buffer.IsEmpty)
            return 0;
        var chunk = _position / EncryptedFormat.ChunkBytes;
        if (chunk != _opened)
            await Enter(chunk, cancellationToken);
        return Take(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => _length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
            _cipher.Dispose();
            CryptographicOperations.ZeroMemory(_plain);
        }

        base.Dispose(disposing);
    }

    private static long OffsetOf(long chunk) => EncryptedFormat.Magic.Length + (chunk * EncryptedFormat.StoredChunkBytes);

    private int BytesOf(long chunk) => (int)Math.Min(EncryptedFormat.ChunkBytes, _length - (chunk * EncryptedFormat.ChunkBytes));

    private async Task Enter(long chunk, CancellationToken cancellationToken)
    {
        _source.Position = OffsetOf(chunk);
        Enter(chunk, await _source.ReadAtLeastAsync(_stored, _stored.Length, throwOnEndOfStream: false, cancellationToken));
    }

    private void Enter(long chunk, int read)
    {
        var bytes = BytesOf(chunk);
        if (read < bytes + EncryptedFormat.TagBytes)
            throw new InvalidDataException("A stored object is cut off.");
        _opened = -1;
        EncryptedFormat.Open(_cipher, _context, chunk, chunk == _lastChunk, _stored.AsSpan(0, bytes + EncryptedFormat.TagBytes), _plain.AsSpan(0, bytes));
        (_opened, _openedBytes) = (chunk, bytes);
    }

    private int Take(Span<byte> buffer)
    {
        var from = (int)(_position % EncryptedFormat.ChunkBytes);
        var count = Math.Min(buffer.Length, _openedBytes - from);
        _plain.AsSpan(from, count).CopyTo(buffer);
        _position += count;
        return count;
    }
}
