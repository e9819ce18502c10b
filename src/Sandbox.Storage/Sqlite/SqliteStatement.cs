using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sandbox.Storage.Sqlite;

/// <summary>
/// A prepared statement that its session keeps. Disposing ends one use of it: it is reset and can be used again.
/// Binds and reads spans, so that payloads of many megabytes are neither strings nor copied arrays.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _handle;
    private int _bound;

    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        SqliteException.ThrowExceptionForRC(
            raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _handle), database);
    }

    /// <summary>Binds the next parameter.</summary>
    public SqliteStatement Bind(string? value) => Bound(value is null
        ? raw.sqlite3_bind_null(_handle, ++_bound)
        // As bytes, here and when reading: text that a tenant chose may hold a NUL, where a C string would end.
        : raw.sqlite3_bind_text(_handle, ++_bound, Encoding.UTF8.GetBytes(value)));

    /// <inheritdoc cref="Bind(string?)"/>
    public SqliteStatement Bind(long value) => Bound(raw.sqlite3_bind_int64(_handle, ++_bound, value));

    /// <inheritdoc cref="Bind(string?)"/>
    public SqliteStatement Bind(long? value) => value is { } number ? Bind(number) : Bind((string?)null);

    /// <inheritdoc cref="Bind(string?)"/>
    public SqliteStatement Bind(DateTimeOffset value) => Bind(value.UtcTicks);

    /// <inheritdoc cref="Bind(string?)"/>
    public SqliteStatement Bind(ReadOnlySpan<byte> value) => Bound(raw.sqlite3_bind_blob(_handle, ++_bound, value));

    /// <summary>Goes to the next row; false when there is none, and then the statement's work is done.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_handle);
        if (code is raw.SQLITE_ROW)
            return true;
        if (code is not raw.SQLITE_DONE)
            SqliteException.ThrowExceptionForRC(code, _database);
        return false;
    }

    /// <summary>Runs to the end; the number of rows that it changed itself.</summary>
    public int Execute()
    {
        while (Step())
        {
        }

        return raw.sqlite3_changes(_database);
    }

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(_handle, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public long Int64(int column) => raw.sqlite3_column_int64(_handle, column);

    public DateTimeOffset Time(int column) => new(Int64(column), TimeSpan.Zero);

    /// <summary>Memory of SQLite: gone with the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_handle, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    public void Dispose()
    {
        // The codes repeat the failure of the last step, which has been thrown.
        _ = raw.sqlite3_reset(_handle);
        _ = raw.sqlite3_clear_bindings(_handle);
        _bound = 0;
    }

    /// <summary>Frees the statement itself, with its session.</summary>
    public void Free() => _handle.Dispose();

    private SqliteStatement Bound(int code)
    {
        SqliteException.ThrowExceptionForRC(code, _database);
        return this;
    }
}
