using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Audit;
using Xunit;

namespace Sandbox.Storage.Tests.Audit;

public sealed class AuditFeedTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    private static readonly HashSet<string> s_ended = [AuditActions.JobEnded];

    private readonly string _tenant = $"t{Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IAuditFeed Feed => fixture.Services.GetRequiredService<IAuditFeed>();

    [Fact]
    public async Task Read_OfSomeActions_PassesOverTheOthersAndGoesOn()
    {
        foreach (var action in new[] { AuditActions.JobStarted, AuditActions.JobEnded, AuditActions.JobStarted, AuditActions.JobEnded, AuditActions.JobStarted })
            await Append(action);

        var first = await Feed.Read(_tenant, 0, s_ended, 3, Cancel);
        var second = await Feed.Read(_tenant, first.Last, s_ended, 3, Cancel);
        var third = await Feed.Read(_tenant, second.Last, s_ended, 3, Cancel);

        Assert.Equal(["2", "3 more"], Told(first));
        Assert.Equal(["4", "5"], Told(second));
        Assert.Equal(["5"], Told(third));
        Assert.Equal(5, await Feed.Head(_tenant, Cancel));
    }

    [Fact]
    public async Task Appended_AfterACommit_WakesTheTenantsReadersOnly()
    {
        var (own, other) = (Feed.Appended(_tenant), Feed.Appended("another"));

        await Append(AuditActions.JobEnded);

        await own.WaitAsync(Cancel);
        Assert.False(other.IsCompleted);
        Assert.False(Feed.Appended(_tenant).IsCompleted);
    }

    private Task Append(string action) => fixture.Services.GetRequiredService<IAuditLog>().Append(
        AuditEvent.OfItself(_tenant, "agent", action, new AuditResource(AuditResourceTypes.Job, "job_1"), AuditOutcomes.Succeeded), Cancel);

    private static IEnumerable<string> Told(AuditRun run) => [.. run.Items.Select(static item => $"{item.Sequence}"), $"{run.Last}{(run.HasMore ? " more" : "")}"];
}
