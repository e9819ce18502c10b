using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Storage.Audit;
using Sandbox.Storage.GrainState;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Sessions;

/// <summary>Steps, through the writer of grain state: what queues together shares a commit.</summary>
internal sealed class SqliteStepStore(SqliteWriter writer, SqliteReaders readers, GrainStateJson json, TimeProvider time) : IStepStore
{
    internal const string OpenText = "SELECT record FROM session_steps WHERE session_id = ? AND ended = 0 ORDER BY sequence";

    internal const string ListText = "SELECT record FROM session_steps WHERE session_id = ? AND background = ? AND sequence > ? ORDER BY sequence LIMIT ?";

    internal const string KernelsText = """
        SELECT record FROM session_steps WHERE session_id = ? AND sequence IN
          (SELECT max(sequence) FROM session_steps WHERE session_id = ? AND ended = 1 AND kernel IS NOT NULL GROUP BY kernel)
        ORDER BY sequence
        """;

    public async Task Save(StepRecord step, CancellationToken cancellationToken = default)
    {
        using var record = json.Serialize(step);
        var now = time.GetUtcNow();
        await writer.Write(
            session =>
            {
                // With the step itself: neither is durable without the other.
                AuditTable.Append(session, StepAudit.Of(session, step), now);
                using var statement = session.Prepare("""
                    INSERT INTO session_steps(session_id, sequence, ended, kernel, idempotency_key, background, record) VALUES(?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT(session_id, sequence) DO UPDATE SET ended = excluded.ended, kernel = excluded.kernel, record = excluded.record
                    """);
                return statement
                    .Bind(step.SessionId).Bind(step.Sequence).Bind(step.Ended ? 1 : 0L).Bind(step.Kernel).Bind(step.IdempotencyKey)
                    .Bind(step.Background is null ? 0L : 1L).Bind(record.Written)
                    .Execute();
            },
            WriteScope.Savepoint,
            record.Length,
            cancellationToken);
    }

    public Task<StepRecord?> Find(string sessionId, long sequence, CancellationToken cancellationToken = default) =>
        First("SELECT record FROM session_steps WHERE session_id = ? AND sequence = ?", statement => statement.Bind(sessionId).Bind(sequence), cancellationToken);

    public Task<StepRecord?> FindByKey(string sessionId, string idempotencyKey, CancellationToken cancellationToken = default) => First(
        "SELECT record FROM session_steps WHERE session_id = ? AND idempotency_key = ?",
        statement => statement.Bind(sessionId).Bind(idempotencyKey),
        cancellationToken);

    public Task<IReadOnlyList<StepRecord>> List(string sessionId, bool background, long after, int limit, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<StepRecord>>(readers.Read(session => All(
            session,
            ListText,
            statement => statement.Bind(sessionId).Bind(background ? 1L : 0L).Bind(after).Bind((long)limit))));
    }

    public Task<long?> NextAfter(string sessionId, long sequence, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read<long?>(session =>
        {
            using var next = session.Prepare("SELECT sequence FROM session_steps WHERE session_id = ? AND sequence > ? ORDER BY sequence LIMIT 1");
            return next.Bind(sessionId).Bind(sequence).Step() ? next.Int64(0) : null;
        }));
    }

    public Task<StepOverview> Overview(string sessionId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            using var last = session.Prepare("SELECT coalesce(max(sequence), 0) FROM session_steps WHERE session_id = ?");
            last.Bind(sessionId).Step();
            return new StepOverview(
                last.Int64(0),
                All(session, OpenText, statement => statement.Bind(sessionId)),
                All(session, KernelsText, statement => statement.Bind(sessionId).Bind(sessionId)));
        }));
    }

    public Task Delete(string sessionId, CancellationToken cancellationToken = default) => writer.Write(
        session =>
        {
            using var statement = session.Prepare("DELETE FROM session_steps WHERE session_id = ?");
            return statement.Bind(sessionId).Execute();
        },
        WriteScope.SingleStatement,
        cancellationToken: cancellationToken);

    private Task<StepRecord?> First(string text, Action<SqliteStatement> bind, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session => All(session, text, bind).FirstOrDefault()));
    }

    private List<StepRecord> All(SqliteSession session, string text, Action<SqliteStatement> bind)
    {
        using var statement = session.Prepare(text);
        bind(statement);
        var records = new List<StepRecord>();
        while (statement.Step())
            records.Add(json.Deserialize<StepRecord>(statement.Blob(0))!);
        return records;
    }
}
