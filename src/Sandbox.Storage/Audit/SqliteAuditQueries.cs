using System.Runtime.CompilerServices;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Audit;

/// <summary>Reads the audit record.</summary>
internal sealed class SqliteAuditQueries(SqliteReaders readers) : IAuditQueries
{
    private const int PageSize = 500;

    public Task<AuditPage> Query(AuditQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session => AuditReader.Newest(session, query)));
    }

    public async Task<AuditVerification> Verify(string tenantId, CancellationToken cancellationToken = default)
    {
        var head = readers.Read(session => AuditTable.Head(session, tenantId));
        var chain = new AuditChain(tenantId, head);
        // In pages: a read that is open for long would keep the write-ahead log from being taken in.
        while (readers.Read(session => chain.Read(session, PageSize)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        readers.Read(session =>
        {
            chain.End(session);
            return true;
        });
        return new AuditVerification(
            chain.Events, head.Sequence, Convert.ToHexStringLower(head.Hash), chain.Broken?.Sequence, chain.Broken?.Reason);
    }

    public async IAsyncEnumerable<AuditEntry> Export(
        string tenantId, long after, DateTimeOffset? from, DateTimeOffset? to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var last = readers.Read(session => to is { } end ? AuditReader.LastBefore(session, tenantId, end) : AuditTable.Head(session, tenantId).Sequence);
        if (from is { } begin)
            after = Math.Max(after, readers.Read(session => AuditReader.LastBefore(session, tenantId, begin)));
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = readers.Read(session => AuditReader.Oldest(session, tenantId, after, last, PageSize));
            foreach (var entry in page)
                yield return entry;
            if (page.Count < PageSize)
                yield break;
            after = page[^1].Sequence;
            await Task.Yield();
        }
    }
}
