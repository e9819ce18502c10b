using Microsoft.Extensions.Options;
using Sandbox.Storage.Encryption.KeyManagement;

namespace Sandbox.Storage.Encryption;

/// <summary>
/// The key that wraps the keys of all tenants: from the configuration, or from a file in the data folder that is made on the first
/// start; as it is, or encrypted by a key management system. Whoever has it and the database can read everything; without it nothing
/// that is encrypted can be.
/// </summary>
internal sealed class MasterKey(IOptions<SqliteStorageOptions> options, IEnumerable<IKeyManagement> systems)
{
    private readonly MasterKeyFile _file = new(options.Value.MasterKeyPath);
    private readonly MasterKeyFile _previous = new(options.Value.PreviousMasterKeyPath);

    /// <summary>Whether there is one already.</summary>
    public bool Exists => options.Value.MasterKey is not null || _file.Exists;

    /// <summary>Reads it, at the start: makes it where there is none, and brings what its file holds into the form that is configured.</summary>
    /// <exception cref="InvalidOperationException">
    /// What there is cannot be a key, or is open to others; or the system that encrypts it does not do so.
    /// </exception>
    public async Task<byte[]> Load(CancellationToken cancellationToken)
    {
        if (options.Value.MasterKey is not null)
            return await Read(cancellationToken);
        var system = Chosen();
        if (!_file.Exists)
        {
            var made = KeyWrap.NewKey();
            _file.Create(system is null ? Plain(made) : await system.Encrypt(made, cancellationToken));
        }

        var (key, kept) = (await Read(cancellationToken), _file.Read());
        var wanted = system is null ? (SystemOf(kept) is null ? kept : Plain(key))
            : system.IsOwn(kept) ? await system.Renew(kept, cancellationToken)
            : await system.Encrypt(key, cancellationToken);
        if (wanted != kept)
            _file.Replace(wanted);
        return key;
    }

    /// <summary>Reads what there is.</summary>
    /// <exception cref="InvalidOperationException">It cannot be a key, or is open to others; or the system that has encrypted it does not open it.</exception>
    public Task<byte[]> Read(CancellationToken cancellationToken) => options.Value.MasterKey is { } configured
        ? Open(configured, "The configured master key", cancellationToken)
        : Open(_file.Read(), $"The master key in {_file.Path}", cancellationToken);

    /// <summary>Reads the one of before; null where none is being replaced.</summary>
    /// <exception cref="InvalidOperationException">As with <see cref="Read"/>.</exception>
    public async Task<byte[]?> ReadPrevious(CancellationToken cancellationToken)
    {
        if (options.Value.PreviousMasterKey is { } configured)
            return await Open(configured, "The configured previous master key", cancellationToken);
        return _previous.Exists ? await Open(_previous.Read(), $"The master key in {_previous.Path}", cancellationToken) : null;
    }

    private static string Plain(byte[] key) => Convert.ToBase64String(key);

    private IKeyManagement? Chosen() => options.Value.KeyManagement is not { } name ? null
        : systems.FirstOrDefault(system => system.Name == name && system.IsSet)
        ?? throw new InvalidOperationException(
            $"{SqliteStorageOptions.Section}:{nameof(SqliteStorageOptions.KeyManagement)} names '{name}', which is not configured. Known: {string.Join(", ", systems.Select(system => system.Name))}.");

    private IKeyManagement? SystemOf(string text) => systems.FirstOrDefault(system => system.IsOwn(text));

    private async Task<byte[]> Open(string text, string what, CancellationToken cancellationToken)
    {
        if (SystemOf(text) is { } system)
        {
            return system.IsSet
                ? await system.Decrypt(text, cancellationToken)
                : throw new InvalidOperationException($"{what} is encrypted by '{system.Name}', which is not configured.");
        }

        var key = new byte[KeyWrap.KeyBytes];
        return Convert.TryFromBase64String(text, key, out var length) && length == key.Length
            ? key
            : throw new InvalidOperationException($"{what} is not {KeyWrap.KeyBytes} bytes in base64.");
    }
}
