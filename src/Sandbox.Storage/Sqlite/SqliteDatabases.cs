using Microsoft.Extensions.Options;

namespace Sandbox.Storage.Sqlite;

/// <summary>The database files of an installation.</summary>
internal sealed class SqliteDatabases(IOptions<SqliteStorageOptions> options)
{
    /// <summary>State, lists, output and artifacts. Sessions keep their connections themselves.</summary>
    public SqliteFile Main { get; } = new(options.Value.DatabasePath, options.Value.BusyTimeout, pooled: false);

    /// <summary>Orleans' reminders and membership.</summary>
    public SqliteFile Orleans { get; } = new(options.Value.OrleansDatabasePath, options.Value.BusyTimeout, pooled: true);
}
