using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sandbox.Storage.Sqlite;

/// <summary>One connection with the statements that were prepared on it. Used by one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly sqlite3 _database;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    private SqliteSession(SqliteConnection connection)
    {
        _connection = connection;
        _database = connection.Handle!;
    }

    /// <summary>False as soon as SQLite has rolled a transaction back by itself, as it does when the disk is full.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_database) == 0;

    /// <summary>Tenants whose audit record was written to since the set was cleared.</summary>
    public HashSet<string> Recorded { get; } = new(StringComparer.Ordinal);

    public static SqliteSession Open(SqliteFile file) => new(file.Open());

    /// <summary>The statement for a text, prepared once. The caller disposes it after each use.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements.Add(sql, statement = new SqliteStatement(_database, sql));
        return statement;
    }

    public int Execute(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Execute();
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Free();
        _connection.Dispose();
    }
}
