using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Audit;

public sealed class AuditedStateTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    private readonly string _tenant = $"t-{Guid.NewGuid():n}";
    private readonly GrainId _grain = GrainId.Create("audited", Guid.NewGuid().ToString("n"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IAuditLog Log => fixture.Services.GetRequiredService<IAuditLog>();

    private IAuditQueries Record => fixture.Services.GetRequiredService<IAuditQueries>();

    [Fact]
    public async Task Write_StateWithEvents_RecordsThem()
    {
        await fixture.GrainStorage().WriteStateAsync("s", _grain, new StateHolder<Audited>(new Audited { Events = [Event(), Event()] }));

        Assert.Equal(2, (await Record.Verify(_tenant, Cancel)).Events);
    }

    [Fact]
    public async Task Write_StateThatAnotherHasChanged_RecordsNothing()
    {
        await fixture.GrainStorage().WriteStateAsync("s", _grain, new StateHolder<Audited>(new Audited()));

        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            fixture.GrainStorage().WriteStateAsync("s", _grain, new StateHolder<Audited>(new Audited { Events = [Event()] })));

        Assert.Equal(0, (await Record.Verify(_tenant, Cancel)).Events);
    }

    [Fact]
    public async Task Write_EventThatCannotBeRecorded_LeavesTheStateUnwritten()
    {
        await Log.Append(Event(), Cancel);
        Run("CREATE TRIGGER full BEFORE INSERT ON audit_events WHEN NEW.tenant_id = ? BEGIN SELECT RAISE(ABORT, 'full'); END".Replace("?", $"'{_tenant}'", StringComparison.Ordinal));

        await Assert.ThrowsAnyAsync<Exception>(() =>
            fixture.GrainStorage().WriteStateAsync("s", _grain, new StateHolder<Audited>(new Audited { Events = [Event()] })));

        Run("DROP TRIGGER full");
        var stored = new StateHolder<Audited>(new Audited());
        await fixture.GrainStorage().ReadStateAsync("s", _grain, stored);
        Assert.False(stored.RecordExists);
    }

    private void Run(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(fixture.DataDirectory, "sandbox.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private AuditEvent Event() => new(_tenant, new AuditActor("agent", "member"), AuditActions.JobSubmitted, new AuditResource("job", "job_1"), AuditOutcomes.Allowed);

    public sealed class Audited : IAudited
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public IReadOnlyList<AuditEvent> Events { get; init; } = [];
    }
}
