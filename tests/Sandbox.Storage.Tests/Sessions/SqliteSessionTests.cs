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
