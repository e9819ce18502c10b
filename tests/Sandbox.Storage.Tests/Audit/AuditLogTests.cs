using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;
using Xunit;

namespace Sandbox.Storage.Tests.Audit;

public sealed class AuditLogTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    private const int Count = 10;

    private readonly string _tenant = $"t-{Guid.NewGuid():n}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IAuditLog Log => fixture.Services.GetRequiredService<IAuditLog>();

    private IAuditQueries Record => fixture.Services.GetRequiredService<IAuditQueries>();

    [Fact]
    public async Task Verify_ChainAsItWasWritten_IsValidAndNamesTheHead()
    {
        await Fill();

        var found = await Record.Verify(_tenant, Cancel);

        Assert.True(found.Valid);
        Assert.Equal(Count, found.Events);
        Assert.Equal((await Record.Query(new AuditQuery(_tenant, 1), Cancel)).Items[0].Hash, found.HeadHash);
    }

    [Fact]
    public async Task Verify_TenantWithoutEvents_IsValid() => Assert.True((await Record.Verify(_tenant, Cancel)).Valid);

    [Theory]
    [InlineData("UPDATE audit_events SET body = CAST(replace(CAST(body AS TEXT), 'job.submitted', 'job.cancelled') AS BLOB) WHERE {0} AND sequence = 4", 4)]
    [InlineData("UPDATE audit_events SET actor = 'mallory' WHERE {0} AND sequence = 5", 5)]
    [InlineData("UPDATE audit_events SET outcome = 'denied' WHERE {0} AND sequence = 5", 5)]
    [InlineData("UPDATE audit_events SET at = at + 1 WHERE {0} AND sequence = 5", 5)]
    [InlineData("UPDATE audit_events SET hash = zeroblob(32) WHERE {0} AND sequence = 5", 5)]
    [InlineData("UPDATE audit_events SET previous_hash = zeroblob(32) WHERE {0} AND sequence = 5", 5)]
    [InlineData("DELETE FROM audit_events WHERE {0} AND sequence = 6", 6)]
    [InlineData("DELETE FROM audit_events WHERE {0} AND sequence = 1", 1)]
    [InlineData("DELETE FROM audit_events WHERE {0} AND sequence > 7", 8)]
    [InlineData("DELETE FROM audit_events WHERE {0} AND sequence = 6; UPDATE audit_events SET sequence = sequence - 1 WHERE {0} AND sequence > 6", 6)]
    [InlineData("UPDATE audit_events SET sequence = 100 WHERE {0} AND sequence = 2; UPDATE audit_events SET sequence = 2 WHERE {0} AND sequence = 3; UPDATE audit_events SET sequence = 3 WHERE {0} AND sequence = 100", 2)]
    [InlineData("INSERT INTO audit_events SELECT tenant_id, 11, at, actor, action, resource, outcome, hash, hash, body FROM audit_events WHERE {0} AND sequence = 10", 11)]
    [InlineData("INSERT INTO audit_events SELECT tenant_id, 0, at, actor, action, resource, outcome, previous_hash, hash, body FROM audit_events WHERE {0} AND sequence = 1", 0)]
    [InlineData("UPDATE audit_heads SET hash = zeroblob(32) WHERE {0}", 10)]
    [InlineData("DELETE FROM audit_heads WHERE {0}", 1)]
    public async Task Verify_FileTamperedWith_SaysWhere(string sql, long brokenAt)
    {
        await using var own = await SqliteFixture.Create();
        var log = own.Services.GetRequiredService<IAuditLog>();
        await Fill(log);

        Tamper(own.DataDirectory, string.Format(null, sql, $"tenant_id = '{_tenant}'"));
        var found = await own.Services.GetRequiredService<IAuditQueries>().Verify(_tenant, Cancel);

        Assert.False(found.Valid);
        Assert.Equal(brokenAt, found.BrokenAt);
        Assert.NotNull(found.Reason);
    }

    [Theory]
    [InlineData("UPDATE audit_events SET actor = 'mallory'")]
    [InlineData("DELETE FROM audit_events")]
    [InlineData("INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events WHERE sequence = 3")]
    [InlineData("UPDATE audit_heads SET sequence = 1")]
    [InlineData("DELETE FROM audit_heads")]
    public async Task Table_ChangedThroughSql_Refuses(string sql)
    {
        await Fill();

        Assert.Throws<SqliteException>(() => Run(fixture.DataDirectory, sql));
        Assert.True((await Record.Verify(_tenant, Cancel)).Valid);
    }

    [Fact]
    public async Task Query_ByEachFilter_FindsWhatHasIt()
    {
        await Fill();
        await Log.Append(Event("other") with { Action = AuditActions.JobDenied, Outcome = AuditOutcomes.Denied, Resource = new AuditResource("job", "job_x") }, Cancel);
        AuditQuery[] queries =
        [
            new(_tenant, 50) { Actor = "other" }, new(_tenant, 50) { Action = AuditActions.JobDenied }, new(_tenant, 50) { Outcome = AuditOutcomes.Denied },
            new(_tenant, 50) { Resource = "job_x" }, new(_tenant, 50) { Actor = "other", Outcome = AuditOutcomes.Denied, Action = AuditActions.JobDenied },
        ];

        foreach (var query in queries)
            Assert.Equal(Count + 1, Assert.Single((await Record.Query(query, Cancel)).Items).Sequence);
        Assert.Empty((await Record.Query(new AuditQuery(_tenant, 50) { Actor = "other", Action = AuditActions.JobSubmitted }, Cancel)).Items);
        Assert.Empty((await Record.Query(new AuditQuery(_tenant, 50) { To = DateTimeOffset.UnixEpoch }, Cancel)).Items);
        Assert.Empty((await Record.Query(new AuditQuery(_tenant, 50) { From = DateTimeOffset.MaxValue }, Cancel)).Items);
        Assert.Equal(Count + 1, (await Record.Query(new AuditQuery(_tenant, 50) { From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.MaxValue }, Cancel)).Items.Count);
    }

    [Fact]
    public async Task Query_PageAfterPage_GivesEveryEventOnceNewestFirst()
    {
        await Fill();
        var seen = new List<long>();
        for (long? before = long.MaxValue; before is not null;)
        {
            var page = await Record.Query(new AuditQuery(_tenant, 3) { Before = before, Action = AuditActions.JobSubmitted }, Cancel);
            seen.AddRange(page.Items.Select(item => item.Sequence));
            before = page.Next;
        }

        Assert.Equal(Enumerable.Range(1, Count).Select(number => (long)number).Reverse(), seen);
    }

    [Fact]
    public async Task Export_ResumedAfterASequence_GoesOnThere()
    {
        await Fill();

        Assert.Equal([9, 10], await Record.Export(_tenant, 8, null, null, Cancel).Select(entry => entry.Sequence).ToListAsync(Cancel));
        Assert.Empty(await Record.Export(_tenant, 0, null, DateTimeOffset.UnixEpoch, Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Append_HostileTexts_AreBoundedAndVerify()
    {
        var huge = new string('x', 100_000);
        await Log.Append(
            Event("\ud800\0\"\n" + huge) with
            {
                Cause = huge,
                Decision = new PolicyDecision(huge, 1, false, huge, huge),
                Details = [.. Enumerable.Range(0, 100).Select(number => new KeyValuePair<string, string>($"{number}", huge))],
            },
            Cancel);

        Assert.True((await Record.Verify(_tenant, Cancel)).Valid);
        Assert.InRange((await Record.Query(new AuditQuery(_tenant, 1), Cancel)).Items[0].Body.Length, 1, 32 * 1024);
    }

    private static void Tamper(string folder, string sql) => Run(folder, """
        DROP TRIGGER audit_events_update; DROP TRIGGER audit_events_delete; DROP TRIGGER audit_events_insert;
        DROP TRIGGER audit_heads_insert; DROP TRIGGER audit_heads_update; DROP TRIGGER audit_heads_delete;
        """ + sql);

    private static void Run(string folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "sandbox.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private Task Fill(IAuditLog? log = null) =>
        Task.WhenAll(Enumerable.Range(0, Count).Select(_ => (log ?? Log).Append(Event("agent"), Cancel)));

    private AuditEvent Event(string agent) => new(
        _tenant, new AuditActor(agent, "member"), AuditActions.JobSubmitted, new AuditResource("job", "job_1"), AuditOutcomes.Allowed);
}
