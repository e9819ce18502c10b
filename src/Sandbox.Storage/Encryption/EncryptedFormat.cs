using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Storage.Encryption;

/// <summary>
/// How an object lies on the disk: eight bytes that name the format, then chunks, each AES-256-GCM with its tag behind it.
/// The number of a chunk, and whether it is the last one, are its nonce: chunks that were moved, left out or cut off do not
/// open. The object's id is authenticated with each, so that one object's file cannot take another's place. A key is for one
/// object and is never used again, which is what lets the nonces count from zero.
/// </summary>
internal static class EncryptedFormat
{
    /// <summary>Plain bytes of every chunk but the last, which has as many or fewer.</summary>
    public const int ChunkBytes = 64 * 1024;

    public const int TagBytes = 16;

    /// <summary>Bytes of a full chunk on the disk.</summary>
    public const int StoredChunkBytes = ChunkBytes + TagBytes;

    private const int NonceBytes = 12;

    /// <summary>First bytes of every object.</summary>
    public static ReadOnlySpan<byte> Magic => "SBXAEAD1"u8;

    public static AesGcm Cipher(ReadOnlySpan<byte> key) => new(key, TagBytes);

    /// <summary>What is authenticated with each chunk of an object.</summary>
    public static byte[] ContextOf(string objectId) => Encoding.UTF8.GetBytes(objectId);

    public static void WriteNonce(Span<byte> nonce, long chunk, bool last)
    {
        BinaryPrimitives.WriteInt64BigEndian(nonce, chunk);
        BinaryPrimitives.WriteInt32BigEndian(nonce[sizeof(long)..], last ? 1 : 0);
    }

    /// <summary>Encrypts a chunk; the target has room for the tag behind it.</summary>
    public static void Seal(AesGcm cipher, byte[] context, long chunk, bool last, ReadOnlySpan<byte> plain, Span<byte> stored)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        WriteNonce(nonce, chunk, last);
        cipher.Encrypt(nonce, plain, stored[..plain.Length], stored.Slice(plain.Length, TagBytes), context);
    }

    /// <exception cref="InvalidDataException">It is not that chunk of that object.</exception>
    public static void Open(AesGcm cipher, byte[] context, long chunk, bool last, ReadOnlySpan<byte> stored, Span<byte> plain)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        WriteNonce(nonce, chunk, last);
        try
        {
            cipher.Decrypt(nonce, stored[..^TagBytes], stored[^TagBytes..], plain, context);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new InvalidDataException($"Chunk {chunk} of a stored object is damaged, or not its own.", e);
        }
    }

    /// <summary>Plain length and last chunk of an object whose file has so many bytes.</summary>
    /// <exception cref="InvalidDataException">No object has.</exception>
    public static (long Length, long LastChunk) Measure(long fileBytes)
    {
        var stored = fileBytes - Magic.Length;
        var (full, rest) = (stored / StoredChunkBytes, stored % StoredChunkBytes);
        if (stored < TagBytes || rest is > 0 and < TagBytes)
            throw new InvalidDataException("A stored object is cut off.");
        return rest == 0 ? (full * ChunkBytes, full - 1) : ((full * ChunkBytes) + rest - TagBytes, full);
    }
}
