using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Encryption;

/// <summary>
/// The keys of tenants, each made when its tenant first stores something. Wraps and opens the keys of their objects. At the
/// start it sees to it that the master key is the one that was used before.
/// </summary>
internal sealed class TenantKeys(MasterKey master, SqliteWriter writer, SqliteReaders readers, TimeProvider time) : IHostedService
{
    private readonly ConcurrentDictionary<string, byte[]> _known = new(StringComparer.Ordinal);
    private byte[]? _masterKey;

    /// <summary>A new key for an object, as it is and wrapped.</summary>
    public async Task<(byte[] Key, byte[] Wrapped)> NewObjectKey(string tenantId, string objectId, CancellationToken cancellationToken)
    {
        var tenantKey = Find(tenantId) ?? await Create(tenantId, cancellationToken);
        var key = KeyWrap.NewKey();
        return (key, KeyWrap.Wrap(tenantKey, key, PurposeOf(objectId)));
    }

    /// <summary>The key of an object.</summary>
    /// <exception cref="InvalidDataException">It is not this tenant's and this object's, or damaged.</exception>
    public byte[] OpenObjectKey(string tenantId, string objectId, ReadOnlySpan<byte> wrapped)
    {
        var tenantKey = Find(tenantId) ?? throw new InvalidDataException($"The tenant of {objectId} has no key.");
        return KeyWrap.Unwrap(tenantKey, wrapped, PurposeOf(objectId));
    }

    /// <exception cref="InvalidOperationException">The master key is missing, or another one than before.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var sample = readers.Read(TenantKeyTable.Any);
        if (sample is not null && !master.Exists)
            throw new InvalidOperationException("The master key is missing, and stored files are encrypted with it: restore master.key in the data folder, or configure it.");
        _masterKey = master.Load();
        if (sample is var (tenantId, wrapped))
            Unwrap(tenantId, wrapped);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private byte[]? Find(string tenantId)
    {
        if (_known.TryGetValue(tenantId, out var known))
            return known;
        return readers.Read(session => TenantKeyTable.Find(session, tenantId)) is { } wrapped ? _known[tenantId] = Unwrap(tenantId, wrapped) : null;
    }

    // Of several that make the first key at one time, one is stored and counts for all.
    private async Task<byte[]> Create(string tenantId, CancellationToken cancellationToken)
    {
        var wrapped = KeyWrap.Wrap(Master, KeyWrap.NewKey(), PurposeOf(tenantId));
        await writer.Write(
            session => TenantKeyTable.InsertUnlessThere(session, tenantId, wrapped, time.GetUtcNow()), WriteScope.SingleStatement, cancellationToken: cancellationToken);
        return Find(tenantId) ?? throw new InvalidOperationException($"The key of tenant {tenantId} is gone.");
    }

    private byte[] Master => _masterKey ??= master.Load();

    private byte[] Unwrap(string tenantId, byte[] wrapped)
    {
        try
        {
            return KeyWrap.Unwrap(Master, wrapped, PurposeOf(tenantId));
        }
        catch (InvalidDataException e)
        {
            throw new InvalidOperationException($"The master key is not the one that the key of tenant {tenantId} was stored with.", e);
        }
    }

    private static string PurposeOf(string id) => $"sandbox key of {id}";
}
