using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Sandbox.Storage.Sqlite;

/// <summary>
/// Connections for Orleans' ADO.NET reminders and membership. They live in a file of their own: Orleans' short writes
/// would otherwise compete with the group commits of grain state for one lock, and lose.
/// </summary>
public sealed class SqliteOrleansDataSource : DbDataSource
{
    /// <summary>The invariant name under which Orleans loads Microsoft.Data.Sqlite.</summary>
    public const string Invariant = "System.Data.SQLite";

    private readonly SqliteFile _file;

    internal SqliteOrleansDataSource(SqliteFile file) => _file = file;

    /// <inheritdoc/>
    public override string ConnectionString => _file.ConnectionString;

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => new SqliteConnection(ConnectionString);

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => _file.Open();

    /// <inheritdoc/>
    protected override ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
    {
        // SQLite has no asynchronous form; opening from the pool takes microseconds.
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<DbConnection>(_file.Open());
    }
}
