using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Storage.Sqlite;
using Xunit;

namespace Sandbox.Storage.Tests.Audit;

public sealed class AuditCommitTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    private const int Count = 500;

    private readonly string _tenant = $"t-{Guid.NewGuid():n}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_ManyWhileTheDiskIsBusy_ShareOneTransactionAndAreAcknowledgedAfterIt()
    {
        var log = fixture.Services.GetRequiredService<IAuditLog>();
        using var first = Hold(out var before);
        var appended = Enumerable.Range(0, Count).Select(_ => log.Append(Event(), Cancel)).ToList();
        using var last = Hold(out var after, () => first.Set());

        Assert.All(appended, static task => Assert.False(task.IsCompleted));
        last.Set();
        await Task.WhenAll([before, after, .. appended]);

        var found = await fixture.Services.GetRequiredService<IAuditQueries>().Verify(_tenant, Cancel);
        Assert.True(found.Valid);
        Assert.Equal(Count, found.Events);
    }

    // Keeps the writer inside of a transaction, and returns when it is there.
    private ManualResetEventSlim Hold(out Task<int> held, Action? letGo = null)
    {
        var (gate, inside) = (new ManualResetEventSlim(), new ManualResetEventSlim());
        held = fixture.Writer.Write(
            _ =>
            {
                inside.Set();
                gate.Wait(Cancel);
                return 0;
            },
            WriteScope.SingleStatement,
            cancellationToken: Cancel);
        letGo?.Invoke();
        inside.Wait(Cancel);
        return gate;
    }

    private AuditEvent Event() => new(
        _tenant, new AuditActor("agent", "member"), AuditActions.JobSubmitted, new AuditResource(AuditResourceTypes.Job, "job_1"), AuditOutcomes.Allowed);
}
