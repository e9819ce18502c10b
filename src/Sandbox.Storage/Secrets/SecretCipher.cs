using System.Security.Cryptography;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Storage.Encryption;

namespace Sandbox.Storage.Secrets;

/// <summary>
/// A value as it is stored: one chunk of the format of stored objects, under a key that is for this version alone. Tenant, name and
/// version are authenticated with it: a row that was put in another's place does not open.
/// </summary>
internal sealed class SecretCipher(TenantKeys keys)
{
    /// <summary>The value with its key, wrapped.</summary>
    public async Task<SecretRow> Seal(SecretInfo info, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var id = IdOf(info);
        var (key, wrapped) = await keys.NewObjectKey(info.TenantId, id, cancellationToken);
        using var cipher = EncryptedFormat.Cipher(key);
        CryptographicOperations.ZeroMemory(key);
        var content = new byte[value.Length + EncryptedFormat.TagBytes];
        EncryptedFormat.Seal(cipher, EncryptedFormat.ContextOf(id), chunk: 0, last: true, value.Span, content);
        return new SecretRow(info, wrapped, content);
    }

    /// <summary>The value of a row.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or another's.</exception>
    public async ValueTask<OpenSecret> Open(SecretRow row, CancellationToken cancellationToken)
    {
        var id = IdOf(row.Info);
        var key = await keys.OpenObjectKey(row.Info.TenantId, id, row.DataKey, cancellationToken);
        using var cipher = EncryptedFormat.Cipher(key);
        CryptographicOperations.ZeroMemory(key);
        if (row.Content.Length < EncryptedFormat.TagBytes)
            throw new InvalidDataException("A stored secret is cut off.");
        var value = new byte[row.Content.Length - EncryptedFormat.TagBytes];
        EncryptedFormat.Open(cipher, EncryptedFormat.ContextOf(id), chunk: 0, last: true, row.Content, value);
        return new OpenSecret(row.Info, value);
    }

    private static string IdOf(SecretInfo info) => FormattableString.Invariant($"secret {info.TenantId}/{info.Name}/{info.Version}");
}
