using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Storage.Lists;
using Sandbox.Storage.Sessions;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Sessions;

public sealed class SqliteSessionQueriesTests(SqliteFixture fixture) : SessionQueriesConformance(fixture), IClassFixture<SqliteFixture>
{
    public static TheoryData<string> Texts => [IndexTable.Sessions.OpenText, IndexTable.Sessions.EndedText, IndexTable.Sessions.ExpiredText, SqliteStepStore.OpenText, SqliteStepStore.KernelsText, SqliteStepStore.ListText];

    [Theory]
    [MemberData(nameof(Texts))]
    public void EveryQuery_SearchesAnIndexInItsOrder(string text) => fixture.Readers.Read(session =>
    {
        using var statement = session.Prepare($"EXPLAIN QUERY PLAN {text}");
        var steps = new List<string>();
        while (statement.Step())
            steps.Add(statement.Text(3));
        Assert.DoesNotContain(steps, step => step.StartsWith("SCAN", StringComparison.Ordinal) || step.Contains("TEMP B-TREE"));
        return steps;
    });
}

public sealed class SqliteStepStoreTests(SqliteFixture fixture) : StepStoreConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class SessionTokensTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Compute_OfAUseASessionAndATenant_IsTheirOwn_AndOutlivesARestart()
    {
        await using var fixture = await SqliteFixture.Create();
        var (tenant, session) = (JobTestStates.NewTenant(), SessionId.New());
        var mine = await Compute(fixture, tenant, session, "envd");

        Assert.Matches("^[0-9a-f]{64}$", mine);
        Assert.Distinct(
        [
            mine, await Compute(fixture, tenant, session, "traffic"), await Compute(fixture, tenant, SessionId.New(), "envd"), await Compute(fixture, JobTestStates.NewTenant(), session, "envd"),
        ]);
        await fixture.Restart();
        Assert.Equal(mine, await Compute(fixture, tenant, session, "envd"));
    }

    private static async Task<string> Compute(SqliteFixture fixture, string tenant, SessionId session, string use) =>
        await fixture.Services.GetRequiredService<ISessionTokens>().Compute(tenant, session, use, Cancel);
}
