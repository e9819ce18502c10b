using System.Text.Json;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Storage.Lists;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Services;

/// <summary>Lists of services from the query tables.</summary>
internal sealed class SqliteServiceQueries(ListReader reader, SqliteReaders readers) : IServiceQueries
{
    private const string CountText = """
        SELECT count(*) FROM services
         WHERE tenant_id = ?1 AND status IN (0, 1) AND id NOT IN (SELECT value FROM json_each(?2))
        """;

    public Task<ServicePage> List(
        string tenantId, ServiceFilter filter, ServiceCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var after = cursor is null ? default((DateTimeOffset, string)?) : (cursor.CreatedAt, cursor.Id.ToString());
        var (items, next) = reader.Page<ServiceView>(
            new ListStatement(IndexTable.Services, (int?)filter.Status, filter.Metadata), tenantId, after, limit, cancellationToken);
        return Task.FromResult(new ServicePage(items, next is { } last ? new ServiceCursor(last.CreatedAt, ParseId(last.Id)) : null));
    }

    public IAsyncEnumerable<OpenService> ListOpen(string node, CancellationToken cancellationToken = default) =>
        reader.Open(IndexTable.Services, node, cancellationToken).Select(row => new OpenService(ParseId(row.Id), row.SandboxId));

    public int CountOpen(string tenantId, IReadOnlyCollection<string> except) => readers.Read(session =>
    {
        using var statement = session.Prepare(CountText);
        statement.Bind(tenantId).Bind(JsonSerializer.Serialize(except)).Step();
        return (int)statement.Int64(0);
    });

    public Task<IReadOnlyList<ServiceId>> ListDue(
        DateTimeOffset expiredBefore, DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default)
    {
        var expired = reader.Before(IndexTable.Services.ExpiredText, expiredBefore, limit, cancellationToken);
        var ended = reader.Before(IndexTable.Services.EndedText, endedBefore, limit, cancellationToken);
        return Task.FromResult<IReadOnlyList<ServiceId>>([.. expired.Concat(ended).Take(limit).Select(ParseId)]);
    }

    private static ServiceId ParseId(string text) =>
        ServiceId.TryParse(text, out var id) ? id : throw new InvalidDataException("A row of the services table has no valid id.");
}
