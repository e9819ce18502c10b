using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Sandbox.Storage.Encryption;

/// <summary>
/// An encrypted object as the plain, seekable stream that it was. Holds one chunk; nothing of a chunk is given out before all
/// of it has been authenticated. The length is authenticated by the last chunk, which is opened first.
/// </summary>
internal sealed class DecryptingStream : Stream
{
    private readonly SafeFileHandle _file;
    private readonly AesGcm _cipher;
    private readonly byte[] _context;
    private readonly long _length;
    private readonly long _lastChunk;
    private readonly byte[] _stored = new byte[EncryptedFormat.StoredChunkBytes];
    private readonly byte[] _plain = new byte[EncryptedFormat.ChunkBytes];
    private long _opened = -1;
    private int _openedBytes;
    private long _position;

    private DecryptingStream(SafeFileHandle file, byte[] key, string objectId, (long Length, long LastChunk) measure)
    {
        (_length, _lastChunk) = measure;
        _file = file;
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

    /// <summary>Opens an object. The stream owns the file, also when this fails.</summary>
    /// <exception cref="InvalidDataException">The file is not this object's, or not all of it.</exception>
    public static DecryptingStream Open(SafeFileHandle file, byte[] key, string objectId)
    {
        try
        {
            Span<byte> magic = stackalloc byte[EncryptedFormat.Magic.Length];
            if (RandomAccess.Read(file, magic, 0) != magic.Length || !magic.SequenceEqual(EncryptedFormat.Magic))
                throw new InvalidDataException("A stored object is not in the format of encrypted ones.");
            var stream = new DecryptingStream(file, key, objectId, EncryptedFormat.Measure(RandomAccess.GetLength(file)));
            stream.Enter(stream._lastChunk, RandomAccess.Read(file, stream._stored, OffsetOf(stream._lastChunk)));
            return stream;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position >= _length || buffer.IsEmpty)
            return 0;
        var chunk = _position / EncryptedFormat.ChunkBytes;
        if (chunk != _opened)
            Enter(chunk, RandomAccess.Read(_file, _stored, OffsetOf(chunk)));
        return Take(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= _length || buffer.IsEmpty)
            return 0;
        var chunk = _position / EncryptedFormat.ChunkBytes;
        if (chunk != _opened)
            Enter(chunk, await RandomAccess.ReadAsync(_file, _stored, OffsetOf(chunk), cancellationToken));
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
            _file.Dispose();
            _cipher.Dispose();
            CryptographicOperations.ZeroMemory(_plain);
        }

        base.Dispose(disposing);
    }

    private static long OffsetOf(long chunk) => EncryptedFormat.Magic.Length + (chunk * EncryptedFormat.StoredChunkBytes);

    private int BytesOf(long chunk) => (int)Math.Min(EncryptedFormat.ChunkBytes, _length - (chunk * EncryptedFormat.ChunkBytes));

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
