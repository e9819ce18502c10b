using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Encryption;

/// <summary>
/// The keys of tenants, each made when its tenant first stores something. Wraps and opens the keys of their objects. At the
/// start it sees to it that the master key is the one that was used before.
/// </summary>
internal sealed partial class TenantKeys(
    MasterKey master, SqliteWriter writer, SqliteReaders readers, TimeProvider time, ILogger<TenantKeys> logger) : IHostedService
{
    private readonly ConcurrentDictionary<string, byte[]> _known = new(StringComparer.Ordinal);
    private byte[]? _masterKey;
    private byte[]? _previous;

    /// <summary>A new key for an object, as it is and wrapped.</summary>
    public async Task<(byte[] Key, byte[] Wrapped)> NewObjectKey(string tenantId, string objectId, CancellationToken cancellationToken)
    {
        var tenantKey = await Find(tenantId, cancellationToken) ?? await Create(tenantId, cancellationToken);
        var key = KeyWrap.NewKey();
        return (key, KeyWrap.Wrap(tenantKey, key, PurposeOf(objectId)));
    }

    /// <summary>The key of an object.</summary>
    /// <exception cref="InvalidDataException">It is not this tenant's and this object's, or damaged.</exception>
    public async ValueTask<byte[]> OpenObjectKey(string tenantId, string objectId, ReadOnlyMemory<byte> wrapped, CancellationToken cancellationToken)
    {
        var tenantKey = await Find(tenantId, cancellationToken) ?? throw new InvalidDataException($"The tenant of {objectId} has no key.");
        return KeyWrap.Unwrap(tenantKey, wrapped.Span, PurposeOf(objectId));
    }

    /// <summary>A key for one use other than encryption, which follows from the tenant's and stays what it is when that is wrapped anew.</summary>
    public async ValueTask<byte[]> Derive(string tenantId, string use, CancellationToken cancellationToken)
    {
        var tenantKey = await Find(tenantId, cancellationToken) ?? await Create(tenantId, cancellationToken);
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, tenantKey, KeyWrap.KeyBytes, salt: [], Encoding.UTF8.GetBytes(use));
    }

    /// <exception cref="InvalidOperationException">The master key is missing, or another one than before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var sample = readers.Read(TenantKeyTable.Any);
        _previous = await master.ReadPrevious(cancellationToken);
        if (sample is not null && !master.Exists)
        {
            if (_previous is null)
                throw new InvalidOperationException("The master key is missing, and stored files are encrypted with it: restore master.key in the data folder, or configure it.");
            // Before another one is made: it must be the one of before that is to be replaced.
            _ = TryUnwrap(_previous, sample.Value.TenantId, sample.Value.Wrapped) ?? throw Another(sample.Value.TenantId);
        }

        _masterKey = await master.Load(cancellationToken);
        if (_previous is not null)
            await Rewrap(_previous, cancellationToken);
        else
            await CheckAll(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async ValueTask<byte[]?> Find(string tenantId, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(tenantId, out var known))
            return known;
        return readers.Read(session => TenantKeyTable.Find(session, tenantId)) is { } wrapped
            ? _known[tenantId] = await Unwrap(tenantId, wrapped, cancellationToken)
            : null;
    }

    // Of several that make the first key at one time, one is stored and counts for all.
    private async Task<byte[]> Create(string tenantId, CancellationToken cancellationToken)
    {
        var wrapped = KeyWrap.Wrap(Master, KeyWrap.NewKey(), PurposeOf(tenantId));
        await writer.Write(
            session => TenantKeyTable.InsertUnlessThere(session, tenantId, wrapped, time.GetUtcNow()), WriteScope.SingleStatement, cancellationToken: cancellationToken);
        return await Find(tenantId, cancellationToken) ?? throw new InvalidOperationException($"The key of tenant {tenantId} is gone.");
    }

    private byte[] Master => _masterKey ?? throw new InvalidOperationException("The master key is read at the start, which has not been.");

    // Every one: where a replacement was cut off, some are of one master key and some of the other.
    private async Task CheckAll(CancellationToken cancellationToken)
    {
        foreach (var (tenantId, wrapped) in readers.Read(TenantKeyTable.All))
            await Unwrap(tenantId, wrapped, cancellationToken);
    }

    // Each by itself: whoever is ended in between goes on at the next start.
    private async Task Rewrap(byte[] previous, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var (tenantId, before) in readers.Read(TenantKeyTable.All))
        {
            if (TryUnwrap(Master, tenantId, before) is not null)
                continue;
            var key = TryUnwrap(previous, tenantId, before) ?? throw Another(tenantId);
            var wrapped = KeyWrap.Wrap(Master, key, PurposeOf(tenantId));
            if (await writer.Write(session => TenantKeyTable.Replace(session, tenantId, before, wrapped), WriteScope.SingleStatement, cancellationToken: cancellationToken))
                count++;
        }

        LogRewrapped(count);
    }

    // A process that has not been started anew yet may have wrapped a key by the one of before; and this may be such a process, to which
    // the file of the key tells the new one.
    private async ValueTask<byte[]> Unwrap(string tenantId, byte[] wrapped, CancellationToken cancellationToken) =>
        TryUnwrap(Master, tenantId, wrapped)
        ?? (_previous is null ? null : TryUnwrap(_previous, tenantId, wrapped))
        ?? (master.Exists ? TryUnwrap(await master.Read(cancellationToken), tenantId, wrapped) : null)
        ?? throw Another(tenantId);

    private static byte[]? TryUnwrap(byte[] master, string tenantId, byte[] wrapped)
    {
        try
        {
            return KeyWrap.Unwrap(master, wrapped, PurposeOf(tenantId));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static InvalidOperationException Another(string tenantId) => new($"The master key is not the one that the key of tenant {tenantId} was stored with.");

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} keys of tenants are wrapped by the new master key. Once every process has started with it, the previous one can be removed")]
    private partial void LogRewrapped(int count);

    private static string PurposeOf(string id) => $"sandbox key of {id}";
}
