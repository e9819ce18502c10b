using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Storage.Lists;

namespace Sandbox.Storage.Sessions;

/// <summary>Lists of sessions from the query tables.</summary>
internal sealed class SqliteSessionQueries(ListReader reader) : ISessionQueries
{
    public Task<SessionPage> List(
        string tenantId, SessionFilter filter, SessionCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var after = cursor is null ? default((DateTimeOffset, string)?) : (cursor.CreatedAt, cursor.Id.ToString());
        var (items, next) = reader.Page<SessionView>(
            new ListStatement(IndexTable.Sessions, (int?)filter.Status, filter.Metadata), tenantId, after, limit, cancellationToken);
        return Task.FromResult(new SessionPage(items, next is { } last ? new SessionCursor(last.CreatedAt, ParseId(last.Id)) : null));
    }

    public IAsyncEnumerable<OpenSession> ListOpen(string node, CancellationToken cancellationToken = default) =>
        reader.Open(IndexTable.Sessions, node, cancellationToken).Select(row => new OpenSession(ParseId(row.Id), row.SandboxId));

    public Task<IReadOnlyList<LiveSessionOwner>> ListLive(int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<LiveSessionOwner>>(
            [.. reader.Live(IndexTable.Sessions, limit, cancellationToken).Select(row => new LiveSessionOwner(ParseId(row.Id), row.TenantId))]);

    public Task<IReadOnlyList<SessionId>> ListDue(
        DateTimeOffset expiredBefore, DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default)
    {
        var expired = reader.Before(IndexTable.Sessions.ExpiredText, expiredBefore, limit, cancellationToken);
        var ended = reader.Before(IndexTable.Sessions.EndedText, endedBefore, limit, cancellationToken);
        return Task.FromResult<IReadOnlyList<SessionId>>([.. expired.Concat(ended).Take(limit).Select(ParseId)]);
    }

    private static SessionId ParseId(string text) =>
        SessionId.TryParse(text, out var id) ? id : throw new InvalidDataException("A row of the sessions table has no valid id.");
}
