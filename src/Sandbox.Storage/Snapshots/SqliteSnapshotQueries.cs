using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Storage.Lists;

namespace Sandbox.Storage.Snapshots;

/// <summary>Lists of snapshots from the query tables.</summary>
internal sealed class SqliteSnapshotQueries(ListReader reader) : ISnapshotQueries
{
    internal const string ExpiredText = "SELECT id FROM snapshots WHERE expires_at IS NOT NULL AND expires_at < ? ORDER BY expires_at, id LIMIT ?";

    /// <summary>Name of the label with the session that a snapshot is of: no caller can give one with a control character.</summary>
    private const string SessionLabel = "\u0001session";

    /// <summary>The labels of a snapshot as they are indexed.</summary>
    public static IReadOnlyDictionary<string, string> LabelsOf(SnapshotView view) =>
        new Dictionary<string, string>(view.Metadata, StringComparer.Ordinal) { [SessionLabel] = view.SessionId };

    public Task<SnapshotPage> List(
        string tenantId, SnapshotFilter filter, SnapshotCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var labels = new Dictionary<string, string>(filter.Metadata, StringComparer.Ordinal);
        if (filter.SessionId is { } session)
            labels[SessionLabel] = session.ToString();
        var after = cursor is null ? default((DateTimeOffset, string)?) : (cursor.CreatedAt, cursor.Id.ToString());
        var (items, next) = reader.Page<SnapshotView>(
            new ListStatement(IndexTable.Snapshots, (int)SnapshotStatus.Ready, labels), tenantId, after, limit, cancellationToken);
        return Task.FromResult(new SnapshotPage(items, next is { } last ? new SnapshotCursor(last.CreatedAt, ParseId(last.Id)) : null));
    }

    public IAsyncEnumerable<SnapshotId> ListUnfinished(string node, CancellationToken cancellationToken = default) =>
        reader.Open(IndexTable.Snapshots, node, cancellationToken).Select(row => ParseId(row.Id));

    public Task<IReadOnlyList<SnapshotId>> ListExpired(DateTimeOffset expiredBefore, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<SnapshotId>>([.. reader.Before(ExpiredText, expiredBefore, limit, cancellationToken).Select(ParseId)]);

    private static SnapshotId ParseId(string text) =>
        SnapshotId.TryParse(text, out var id) ? id : throw new InvalidDataException("A row of the snapshots table has no valid id.");
}
