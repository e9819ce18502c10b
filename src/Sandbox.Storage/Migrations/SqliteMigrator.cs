using Microsoft.Data.Sqlite;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Migrations;

/// <summary>
/// Brings a database to the schema of this program: all missing steps in one transaction that takes the write lock
/// first, so that of several processes starting at once one migrates and the others find it done.
/// </summary>
internal sealed class SqliteMigrator(TimeProvider time)
{
    /// <summary>Applies what is missing; the number of steps applied.</summary>
    /// <exception cref="MigrationException">The database does not fit this program.</exception>
    public int Migrate(SqliteFile file, IReadOnlyList<Migration> migrations)
    {
        file.Initialize();
        using var connection = file.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        Run(connection, transaction, """
            CREATE TABLE IF NOT EXISTS schema_migrations(
              name TEXT NOT NULL PRIMARY KEY,
              sha256 TEXT NOT NULL,
              applied_at TEXT NOT NULL
            ) STRICT
            """);
        var applied = ReadApplied(connection, transaction);
        Verify(migrations, applied);
        var missing = migrations.Where(migration => !applied.ContainsKey(migration.Name)).ToList();
        foreach (var migration in missing)
            Apply(connection, transaction, migration);
        transaction.Commit();
        return missing.Count;
    }

    private static void Verify(IReadOnlyList<Migration> migrations, Dictionary<string, string> applied)
    {
        var known = migrations.ToDictionary(migration => migration.Name, StringComparer.Ordinal);
        foreach (var (name, hash) in applied)
        {
            if (!known.TryGetValue(name, out var migration))
                throw new MigrationException($"The database has migration '{name}', which this version does not know: it was used by a newer version.");
            if (migration.Sha256 != hash)
                throw new MigrationException($"The text of migration '{name}' is not the text that was applied to the database.");
        }
    }

    private static Dictionary<string, string> ReadApplied(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = Command(connection, transaction, "SELECT name, sha256 FROM schema_migrations");
        using var reader = command.ExecuteReader();
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read())
            applied.Add(reader.GetString(0), reader.GetString(1));
        return applied;
    }

    private void Apply(SqliteConnection connection, SqliteTransaction transaction, Migration migration)
    {
        try
        {
            Run(connection, transaction, migration.Text);
        }
        catch (SqliteException exception)
        {
            throw new MigrationException($"Migration '{migration.Name}' failed: {exception.Message}", exception);
        }

        using var command = Command(connection, transaction,
            "INSERT INTO schema_migrations(name, sha256, applied_at) VALUES($name, $sha256, $at)");
        command.Parameters.AddWithValue("$name", migration.Name);
        command.Parameters.AddWithValue("$sha256", migration.Sha256);
        command.Parameters.AddWithValue("$at", time.GetUtcNow().ToString("O"));
        command.ExecuteNonQuery();
    }

    private static void Run(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        using var command = Command(connection, transaction, sql);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return command;
    }
}
