namespace Sandbox.Storage.Encryption.KeyManagement;

/// <summary>
/// A key management system that keeps a key of its own and encrypts the master key with it, so that where the master key lies
/// (a file, the configuration) nobody can use it who may not ask that system. It is asked at the start alone.
/// </summary>
/// <remarks>All methods throw <see cref="InvalidOperationException"/>, for whoever starts the server, where it cannot be asked, or says no.</remarks>
internal interface IKeyManagement
{
    /// <summary>How the configuration calls it.</summary>
    string Name { get; }

    /// <summary>Whether it is configured.</summary>
    bool IsSet { get; }

    /// <summary>Whether a text is what this system made of a key.</summary>
    bool IsOwn(string encrypted);

    /// <summary>The key as text without blanks, encrypted.</summary>
    Task<string> Encrypt(byte[] key, CancellationToken cancellationToken);

    /// <summary>The key of a text that <see cref="Encrypt"/> or <see cref="Renew"/> made.</summary>
    Task<byte[]> Decrypt(string encrypted, CancellationToken cancellationToken);

    /// <summary>The same key encrypted by the newest version of the system's own; the same text where it is by that already.</summary>
    Task<string> Renew(string encrypted, CancellationToken cancellationToken);
}
