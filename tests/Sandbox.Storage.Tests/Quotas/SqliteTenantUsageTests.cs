using Microsoft.Data.Sqlite;
using Sandbox.Storage.Migrations;
using Sandbox.Storage.Quotas;
using Sandbox.Storage.Sqlite;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Quotas;

public sealed class SqliteTenantUsageTests(SqliteFixture fixture) : TenantUsageConformance(fixture), IClassFixture<SqliteFixture>
{
    public static TheoryData<string> Texts => [TenantUsageTable.StandingText, TenantUsageTable.StandingWithoutText];

    [Theory]
    [MemberData(nameof(Texts))]
    public void EveryQuery_LooksUpRowsOfTheTablesByTheirKeys(string text) => fixture.Readers.Read(session =>
    {
        using var statement = session.Prepare($"EXPLAIN QUERY PLAN {text}");
        var steps = new List<string>();
        while (statement.Step())
            steps.Add(statement.Text(3));
        Assert.DoesNotContain(steps, step => step is "SCAN used" or "SCAN tenants" or "SCAN jobs" or "SCAN sessions");
        Assert.Contains(steps, step => step.StartsWith("SEARCH used", StringComparison.Ordinal));
        return steps;
    });

    [Fact]
    public void Migrate_WhatAnEarlierVersionLeft_IsCounted()
    {
        using var folder = new TemporaryFolder();
        var file = new SqliteFile(folder.File("old.db"), TimeSpan.FromSeconds(5), pooled: false);
        var all = Migration.Load("sandbox");
        var migrator = new SqliteMigrator(TimeProvider.System);
        migrator.Migrate(file, [.. all.Where(step => string.CompareOrdinal(step.Name, "0013") < 0)]);
        using var connection = file.Open();
        Run(connection, """
            INSERT INTO grain_state(id, service_id, grain_type, grain_key, state_name, version, modified_at, payload)
            VALUES(1, 's', 'job', 'a', 'job', 1, 0, x'7b7d'), (2, 's', 'job', 'b', 'job', 1, 0, x'7b7d'), (3, 's', 'job', 'c', 'job', 1, 0, x'7b7d'),
                  (4, 's', 'session', 'd', 'session', 1, 0, x'7b7d'), (5, 's', 'session', 'e', 'session', 1, 0, x'7b7d');
            INSERT INTO jobs(id, state_id, tenant_id, status, created_at, finished_at, node, sandbox_id, view)
            VALUES('a', 1, 't', 0, 0, NULL, 'n', NULL, CAST('{"limits":{"cpu":1,"memoryBytes":100}}' AS BLOB)),
                  ('b', 2, 't', 1, 0, NULL, 'n', 's1', CAST('{"limits":{"cpu":0.05,"memoryBytes":100}}' AS BLOB)),
                  ('c', 3, 't', 2, 0, 1, 'n', NULL, CAST('{"limits":{"cpu":1,"memoryBytes":100}}' AS BLOB));
            INSERT INTO sessions(id, state_id, tenant_id, status, created_at, finished_at, expires_at, node, sandbox_id, view)
            VALUES('d', 4, 't', 2, 0, NULL, 1, 'n', 's2', CAST('{"limits":{"cpu":2,"memoryBytes":30}}' AS BLOB)),
                  ('e', 5, 't', 2, 0, NULL, 1, 'n', NULL, CAST('{"limits":{"cpu":2,"memoryBytes":30}}' AS BLOB));
            INSERT INTO artifacts(id, tenant_id, owner, name, size_bytes, sha256, content_type, created_at) VALUES('f', 't', 'a', 'n', 9, '', '', 0)
            """);

        migrator.Migrate(file, all);

        Assert.Equal("2|1|2050|130|9", Text(connection));
        Run(connection, "DELETE FROM grain_state; DELETE FROM artifacts");
        Assert.Equal("0|0|0|0|0", Text(connection));
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Text(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sandboxes || '|' || queued_jobs || '|' || cpu_millis || '|' || memory_bytes || '|' || storage_bytes FROM tenant_usage WHERE tenant_id = 't'";
        return (string)command.ExecuteScalar()!;
    }
}
