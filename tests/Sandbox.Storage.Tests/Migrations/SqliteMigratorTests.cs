using Microsoft.Data.Sqlite;
using Sandbox.Storage.Migrations;
using Sandbox.Storage.Sqlite;
using Xunit;

namespace Sandbox.Storage.Tests.Migrations;

public sealed class SqliteMigratorTests : IDisposable
{
    private const int Processes = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteMigrator _migrator = new(TimeProvider.System);

    [Theory]
    [InlineData("sandbox", 20)]
    [InlineData("orleans", 3)]
    public void Migrate_EmptyThenAgain_AppliesEachStepOnce(string schema, int steps)
    {
        var migrations = Migration.Load(schema);

        Assert.Equal(steps, _migrator.Migrate(NewFile(), migrations));
        Assert.Equal(0, _migrator.Migrate(NewFile(), migrations));

        Assert.Equal(
            migrations.Select(migration => $"{migration.Name} {migration.Sha256}"),
            Query("SELECT name || ' ' || sha256 FROM schema_migrations ORDER BY name"));
        Assert.Equal(["wal"], Query("PRAGMA journal_mode"));
    }

    [Fact]
    public void Migrate_NewStep_IsAppliedOnTop()
    {
        _migrator.Migrate(NewFile(), [new Migration("0001", "CREATE TABLE a(x)")]);

        Assert.Equal(1, _migrator.Migrate(NewFile(), [new Migration("0001", "CREATE TABLE a(x)"), new Migration("0002", "CREATE TABLE b(x)")]));
    }

    [Fact]
    public void Migrate_TextOfAppliedStepChanged_IsRefused()
    {
        _migrator.Migrate(NewFile(), [new Migration("0001", "CREATE TABLE a(x)")]);

        var failure = Assert.Throws<MigrationException>(
            () => _migrator.Migrate(NewFile(), [new Migration("0001", "CREATE TABLE a(y)")]));

        Assert.Contains("0001", failure.Message);
    }

    [Fact]
    public void Migrate_DatabaseOfANewerVersion_IsRefused()
    {
        _migrator.Migrate(NewFile(), [new Migration("0001", "CREATE TABLE a(x)"), new Migration("0002", "CREATE TABLE b(x)")]);

        Assert.Throws<MigrationException>(() => _migrator.Migrate(NewFile(), [new Migration("0001", "CREATE TABLE a(x)")]));
    }

    [Fact]
    public void Migrate_AStepFails_NoStepIsKept()
    {
        Migration[] broken = [new("0001", "CREATE TABLE a(x)"), new("0002", "CREATE TABLE b(x); CREATE TABLE a(x)")];

        var failure = Assert.Throws<MigrationException>(() => _migrator.Migrate(NewFile(), broken));

        Assert.Contains("0002", failure.Message);
        Assert.Empty(Query("SELECT name FROM sqlite_schema"));
    }

    [Fact]
    public async Task Migrate_ManyAtOnce_ExactlyOneApplies()
    {
        var migrations = Migration.Load("sandbox");
        using var barrier = new Barrier(Processes);
        var runs = Enumerable.Range(0, Processes).Select(_ => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait(TestContext.Current.CancellationToken);
                return _migrator.Migrate(NewFile(), migrations);
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));

        var applied = await Task.WhenAll(runs);

        Assert.Equal(migrations.Count, applied.Sum());
        Assert.Single(applied, count => count > 0);
    }

    [Fact]
    public void Sha256_OtherLineEnds_IsTheSame() =>
        Assert.Equal(new Migration("a", "x\ny").Sha256, new Migration("a", "x\r\ny").Sha256);

    public void Dispose() => _folder.Dispose();

    private SqliteFile NewFile() => new(_folder.File("test.db"), TimeSpan.FromSeconds(30), pooled: false);

    private List<string> Query(string sql)
    {
        using var connection = new SqliteConnection(NewFile().ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
