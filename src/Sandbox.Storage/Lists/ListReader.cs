using System.Runtime.CompilerServices;
using Sandbox.Storage.GrainState;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Lists;

/// <summary>Reads the query tables.</summary>
internal sealed class ListReader(SqliteReaders readers, GrainStateJson json)
{
    private const int MaxLimit = 1000;
    private const int OpenPageSize = 500;

    /// <summary>A page and, where more follow, the place of its last row.</summary>
    public (IReadOnlyList<TView> Items, (DateTimeOffset CreatedAt, string Id)? Next) Page<TView>(
        ListStatement list, string tenantId, (DateTimeOffset CreatedAt, string Id)? cursor, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxLimit);
        cancellationToken.ThrowIfCancellationRequested();
        return readers.Read<(IReadOnlyList<TView>, (DateTimeOffset, string)?)>(session =>
        {
            using var statement = session.Prepare(list.Text(cursor is not null));
            // One more than asked for tells whether another page follows.
            list.Bind(statement, tenantId, cursor, limit + 1);
            var items = new List<TView>();
            (DateTimeOffset, string)? last = null;
            while (statement.Step())
            {
                if (items.Count == limit)
                    return (items, last);
                items.Add(json.Deserialize<TView>(statement.Blob(2))!);
                last = (statement.Time(0), statement.Text(1));
            }

            return (items, null);
        });
    }

    /// <summary>Every open resource of a node, in order of creation.</summary>
    public async IAsyncEnumerable<(string Id, string? SandboxId)> Open(
        IndexTable table, string node, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Pages, so that no read transaction is open while the caller works on a resource.
        var after = (CreatedAt: 0L, Id: string.Empty);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = readers.Read(session => OpenPage(session, table, node, after));
            foreach (var row in page)
                yield return (row.Id, row.SandboxId);
            if (page.Count < OpenPageSize)
                yield break;
            after = (page[^1].CreatedAt, page[^1].Id);
            await Task.Yield();
        }
    }

    /// <summary>The newest open resources of all nodes, and whose they are.</summary>
    public IReadOnlyList<(string Id, string TenantId)> Live(IndexTable table, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return readers.Read<IReadOnlyList<(string, string)>>(session =>
        {
            using var statement = session.Prepare(table.LiveText);
            statement.Bind((long)limit);
            var rows = new List<(string, string)>();
            while (statement.Step())
                rows.Add((statement.Text(0), statement.Text(1)));
            return rows;
        });
    }

    /// <summary>Ids that a text of <see cref="IndexTable"/> with a time and a limit selects.</summary>
    public IReadOnlyList<string> Before(string text, DateTimeOffset time, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return readers.Read<IReadOnlyList<string>>(session =>
        {
            using var statement = session.Prepare(text);
            statement.Bind(time).Bind((long)limit);
            var ids = new List<string>();
            while (statement.Step())
                ids.Add(statement.Text(0));
            return ids;
        });
    }

    private static List<(long CreatedAt, string Id, string? SandboxId)> OpenPage(
        SqliteSession session, IndexTable table, string node, (long CreatedAt, string Id) after)
    {
        using var statement = session.Prepare(table.OpenText);
        statement.Bind(node).Bind(after.CreatedAt).Bind(after.Id).Bind((long)OpenPageSize);
        var page = new List<(long, string, string?)>();
        while (statement.Step())
            page.Add((statement.Int64(0), statement.Text(1), statement.TextOrNull(2)));
        return page;
    }
}
