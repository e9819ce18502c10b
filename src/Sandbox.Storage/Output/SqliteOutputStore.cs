using Sandbox.Grains.Abstractions.Output;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Output;

/// <summary>Output of jobs and steps, through the writer of grain state: an append and a state write that queue together share a commit.</summary>
internal sealed class SqliteOutputStore(SqliteWriter writer, SqliteReaders readers) : IOutputStore
{
    public Task Append(string owner, IReadOnlyList<OutputEvent> events, CancellationToken cancellationToken = default)
    {
        if (events.Count == 0)
            return Task.CompletedTask;
        // A copy of the list: the caller may go on filling its own before the commit.
        OutputEvent[] batch = [.. events];
        return writer.Write(
            session =>
            {
                foreach (var item in batch)
                    AppendOne(session, owner, item);
                return batch.Length;
            },
            WriteScope.Savepoint,
            batch.Sum(item => (long)item.Data.Length),
            cancellationToken);
    }

    public Task<IReadOnlyList<OutputEvent>> Read(string owner, long after, int maxBytes, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read<IReadOnlyList<OutputEvent>>(session =>
        {
            using var statement = session.Prepare(
                "SELECT event_id, kind, data FROM job_output WHERE job_id = ? AND event_id > ? ORDER BY event_id");
            statement.Bind(owner).Bind(after);
            var events = new List<OutputEvent>();
            long bytes = 0;
            while (statement.Step())
            {
                var data = statement.Blob(2);
                bytes += data.Length;
                // At least one: a reader must get past an event that is larger than its bound.
                if (bytes > maxBytes && events.Count > 0)
                    break;
                events.Add(new OutputEvent(statement.Int64(0), statement.Text(1), data.ToArray()));
            }

            return events;
        }));
    }

    public Task Trim(string owner, long keepBytes, CancellationToken cancellationToken = default) => writer.Write(
        session => DroppedOutput.Trim(session, owner, keepBytes),
        WriteScope.Savepoint,
        cancellationToken: cancellationToken);

    public Task<OutputPlace> Locate(string owner, string? kind, long offset, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            var place = new OutputPlace(0, default);
            foreach (var extent in DroppedOutput.Extents(session, owner))
            {
                var behind = extent.Behind(place.Totals);
                // What was dropped is passed over in any case: it cannot be read.
                if (behind.Of(kind) > offset && extent.Dropped is null)
                    break;
                place = new OutputPlace(extent.Id, behind);
            }

            return place;
        }));
    }

    public Task Delete(string owner, CancellationToken cancellationToken = default) =>
        writer.Write(
            session =>
            {
                using var statement = session.Prepare("DELETE FROM job_output WHERE job_id = ? OR (job_id > ? AND job_id < ?)");
                // "0" is the character behind the slash.
                return statement.Bind(owner).Bind($"{owner}/").Bind($"{owner}0").Execute();
            },
            WriteScope.SingleStatement,
            cancellationToken: cancellationToken);

    private static void AppendOne(SqliteSession session, string owner, OutputEvent item)
    {
        using var insert = session.Prepare(
            "INSERT INTO job_output(job_id, event_id, kind, data) VALUES(?, ?, ?, ?) ON CONFLICT DO NOTHING");
        if (insert.Bind(owner).Bind(item.Id).Bind(item.Kind).Bind(item.Data.AsSpan()).Execute() == 1)
            return;
        using var existing = session.Prepare("SELECT 1 FROM job_output WHERE job_id = ? AND event_id = ? AND kind = ? AND data = ?");
        if (!existing.Bind(owner).Bind(item.Id).Bind(item.Kind).Bind(item.Data.AsSpan()).Step())
            throw new InvalidOperationException($"Event {item.Id} of {owner} was stored before with another content.");
    }
}
