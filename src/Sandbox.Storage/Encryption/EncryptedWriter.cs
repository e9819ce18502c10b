using System.Security.Cryptography;

namespace Sandbox.Storage.Encryption;

/// <summary>Encrypts an object into a file while it comes; holds one chunk. The last chunk is written by <see cref="Complete"/>.</summary>
internal sealed class EncryptedWriter : IDisposable
{
    private readonly Stream _file;
    private readonly AesGcm _cipher;
    private readonly byte[] _context;
    private readonly byte[] _plain = new byte[EncryptedFormat.ChunkBytes];
    private readonly byte[] _stored = new byte[EncryptedFormat.StoredChunkBytes];
    private int _filled;
    private long _chunk;

    public EncryptedWriter(Stream file, ReadOnlySpan<byte> key, string objectId)
    {
        _file = file;
        _cipher = EncryptedFormat.Cipher(key);
        _context = EncryptedFormat.ContextOf(objectId);
    }

    public async Task Write(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            // Only now, for until another byte has come a full chunk may be the last one.
            if (_filled == _plain.Length)
                await Flush(last: false, cancellationToken);
            var taken = Math.Min(bytes.Length, _plain.Length - _filled);
            bytes[..taken].CopyTo(_plain.AsMemory(_filled));
            _filled += taken;
            bytes = bytes[taken..];
        }
    }

    public Task Complete(CancellationToken cancellationToken) => Flush(last: true, cancellationToken);

    public void Dispose()
    {
        _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_plain);
    }

    private async Task Flush(bool last, CancellationToken cancellationToken)
    {
        if (_chunk == 0)
            await _file.WriteAsync(EncryptedFormat.Magic.ToArray(), cancellationToken);
        EncryptedFormat.Seal(_cipher, _context, _chunk++, last, _plain.AsSpan(0, _filled), _stored);
        await _file.WriteAsync(_stored.AsMemory(0, _filled + EncryptedFormat.TagBytes), cancellationToken);
        _filled = 0;
    }
}
