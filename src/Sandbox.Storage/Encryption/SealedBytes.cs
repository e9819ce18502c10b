using System.Security.Cryptography;

namespace Sandbox.Storage.Encryption;

/// <summary>
/// Small values that are kept in a row, encrypted by a key of their own: that key, wrapped by the tenant's, and then the value as one
/// chunk of the format of stored objects. What the value belongs to is authenticated with it.
/// </summary>
internal sealed class SealedBytes(TenantKeys keys)
{
    public async Task<byte[]> Seal(string tenantId, string objectId, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var (key, wrapped) = await keys.NewObjectKey(tenantId, objectId, cancellationToken);
        using var cipher = EncryptedFormat.Cipher(key);
        CryptographicOperations.ZeroMemory(key);
        var bytes = new byte[wrapped.Length + value.Length + EncryptedFormat.TagBytes];
        wrapped.CopyTo(bytes.AsSpan());
        EncryptedFormat.Seal(cipher, EncryptedFormat.ContextOf(objectId), chunk: 0, last: true, value.Span, bytes.AsSpan(wrapped.Length));
        return bytes;
    }

    /// <exception cref="InvalidDataException">It was sealed for another tenant or object, or is damaged.</exception>
    public async ValueTask<byte[]> Open(string tenantId, string objectId, byte[] bytes, CancellationToken cancellationToken)
    {
        if (bytes.Length < KeyWrap.WrappedBytes + EncryptedFormat.TagBytes)
            throw new InvalidDataException($"What is sealed for {objectId} is cut off.");
        var key = await keys.OpenObjectKey(tenantId, objectId, bytes.AsMemory(0, KeyWrap.WrappedBytes), cancellationToken);
        using var cipher = EncryptedFormat.Cipher(key);
        CryptographicOperations.ZeroMemory(key);
        var value = new byte[bytes.Length - KeyWrap.WrappedBytes - EncryptedFormat.TagBytes];
        EncryptedFormat.Open(cipher, EncryptedFormat.ContextOf(objectId), chunk: 0, last: true, bytes.AsSpan(KeyWrap.WrappedBytes), value);
        return value;
    }
}
