using System.Globalization;
using Orleans.Storage;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.GrainState;

/// <summary>Key of a state.</summary>
internal sealed record GrainStateKey(string ServiceId, string GrainType, string GrainKey, string StateName);

/// <summary>A row after it was written.</summary>
internal readonly record struct GrainStateRow(long Id, long Version);

/// <summary>The statements on <c>grain_state</c>. A change that meets another version than expected throws and changes nothing.</summary>
internal static class GrainStateTable
{
    private const string ByKey = "service_id = ? AND grain_type = ? AND grain_key = ? AND state_name = ?";

    /// <summary>Reads a payload while it is still in SQLite's memory.</summary>
    public delegate T? PayloadReader<T>(ReadOnlySpan<byte> payload);

    public static (long? Version, T? State) Find<T>(SqliteSession session, GrainStateKey key, PayloadReader<T> read)
    {
        using var statement = session.Prepare($"SELECT version, payload FROM grain_state WHERE {ByKey}");
        Bind(statement, key);
        return statement.Step() ? (statement.Int64(0), read(statement.Blob(1))) : (null, default);
    }

    public static GrainStateRow Insert(SqliteSession session, GrainStateKey key, ReadOnlySpan<byte> payload, DateTimeOffset now)
    {
        using var statement = session.Prepare("""
            INSERT INTO grain_state(service_id, grain_type, grain_key, state_name, version, modified_at, payload)
            VALUES(?, ?, ?, ?, 1, ?, ?)
            ON CONFLICT DO NOTHING
            RETURNING id, version
            """);
        Bind(statement, key).Bind(now).Bind(payload);
        return ReadRow(statement) ?? throw Conflict(session, key, expected: null);
    }

    public static GrainStateRow Update(
        SqliteSession session, GrainStateKey key, long expected, ReadOnlySpan<byte> payload, DateTimeOffset now)
    {
        using var statement = session.Prepare($"""
            UPDATE grain_state SET version = version + 1, modified_at = ?, payload = ?
             WHERE {ByKey} AND version = ?
            RETURNING id, version
            """);
        Bind(statement.Bind(now).Bind(payload), key).Bind(expected);
        return ReadRow(statement) ?? throw Conflict(session, key, expected);
    }

    /// <summary>Deletes the row of the expected version; expecting none, and finding none, is no conflict.</summary>
    public static bool Delete(SqliteSession session, GrainStateKey key, long? expected)
    {
        if (expected is null)
            return CurrentVersion(session, key) is null ? false : throw Conflict(session, key, expected);
        using var statement = session.Prepare($"DELETE FROM grain_state WHERE {ByKey} AND version = ?");
        return Bind(statement, key).Bind(expected.Value).Execute() == 1 ? true : throw Conflict(session, key, expected);
    }

    private static SqliteStatement Bind(SqliteStatement statement, GrainStateKey key) =>
        statement.Bind(key.ServiceId).Bind(key.GrainType).Bind(key.GrainKey).Bind(key.StateName);

    private static GrainStateRow? ReadRow(SqliteStatement statement)
    {
        if (!statement.Step())
            return null;
        var row = new GrainStateRow(statement.Int64(0), statement.Int64(1));
        // The statement is over only when it has said so.
        statement.Execute();
        return row;
    }

    private static long? CurrentVersion(SqliteSession session, GrainStateKey key)
    {
        using var statement = session.Prepare($"SELECT version FROM grain_state WHERE {ByKey}");
        return Bind(statement, key).Step() ? statement.Int64(0) : null;
    }

    private static InconsistentStateException Conflict(SqliteSession session, GrainStateKey key, long? expected)
    {
        var stored = CurrentVersion(session, key);
        return new InconsistentStateException(
            $"State '{key.StateName}' of {key.GrainType}/{key.GrainKey} was changed by another activation.",
            stored?.ToString(CultureInfo.InvariantCulture) ?? "none",
            expected?.ToString(CultureInfo.InvariantCulture) ?? "none");
    }
}
