using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Storage.Encryption;

/// <summary>
/// A key encrypted by another one, with AES-256-GCM: nonce, key, tag. What the key is for is authenticated too, so that a
/// wrapped key that was put in another's place does not open.
/// </summary>
internal static class KeyWrap
{
    /// <summary>Length of every key.</summary>
    public const int KeyBytes = 32;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    /// <summary>Length of every wrapped key.</summary>
    public const int WrappedBytes = NonceBytes + KeyBytes + TagBytes;

    /// <summary>A random key.</summary>
    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    public static byte[] Wrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> key, string purpose)
    {
        var wrapped = new byte[WrappedBytes];
        var nonce = wrapped.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(wrappingKey, TagBytes);
        aes.Encrypt(nonce, key, wrapped.AsSpan(NonceBytes, KeyBytes), wrapped.AsSpan(NonceBytes + KeyBytes), Encoding.UTF8.GetBytes(purpose));
        return wrapped;
    }

    /// <exception cref="InvalidDataException">It was wrapped by another key or for another purpose, or is damaged.</exception>
    public static byte[] Unwrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> wrapped, string purpose)
    {
        if (wrapped.Length != WrappedBytes)
            throw new InvalidDataException($"The wrapped key of {purpose} has {wrapped.Length} bytes.");
        var key = new byte[KeyBytes];
        using var aes = new AesGcm(wrappingKey, TagBytes);
        try
        {
            aes.Decrypt(wrapped[..NonceBytes], wrapped.Slice(NonceBytes, KeyBytes), wrapped[(NonceBytes + KeyBytes)..], key, Encoding.UTF8.GetBytes(purpose));
            return key;
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new InvalidDataException($"The wrapped key of {purpose} does not open.", e);
        }
    }
}
