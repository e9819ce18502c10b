using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sandbox.Storage.Sqlite;

/// <summary>A database file, and the one place that says how connections to it behave.</summary>
internal sealed class SqliteFile
{
    private readonly string _pragmas;

    public SqliteFile(string path, TimeSpan busyTimeout, bool pooled)
    {
        FilePath = path;
        ConnectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = pooled,
            // The provider polls in steps of 150 ms on top of SQLite's own wait; without it that would go on for ever.
            DefaultTimeout = Math.Max(1, (int)busyTimeout.TotalSeconds),
        }.ToString();
        // FULL: a commit in the write-ahead log is on disk when it returns. Each is a setting of the connection, not of the file.
        // secure_delete: a removed key is overwritten in its page, so that what it opened is gone with it.
        _pragmas = string.Create(CultureInfo.InvariantCulture,
            $"PRAGMA busy_timeout={(int)busyTimeout.TotalMilliseconds};PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA secure_delete=FAST;");
    }

    public string FilePath { get; }

    public string ConnectionString { get; }

    /// <summary>Makes a connection ready that was opened by <see cref="ConnectionString"/>.</summary>
    public void Prepare(SqliteConnection connection)
    {
        // A pooled connection whose last user failed midway may still be inside a transaction.
        if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
            Execute(connection, "ROLLBACK;");
        Execute(connection, _pragmas);
    }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            connection.Open();
            Prepare(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Turns the write-ahead log on, which the file then remembers.</summary>
    public void Initialize()
    {
        CreateFolder(Path.GetDirectoryName(Path.GetFullPath(FilePath))!);
        using var connection = Open();
        Execute(connection, "PRAGMA journal_mode=WAL;");
    }

    private static void CreateFolder(string path)
    {
        // State and artifacts hold the code and data of tenants. A folder that is there already is its maker's affair.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
