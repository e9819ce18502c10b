using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Storage.GrainState;
using Sandbox.Storage.Lists;
using Sandbox.Storage.Sqlite;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Jobs;

public sealed class SqliteJobQueriesTests(SqliteFixture fixture) : JobQueriesConformance(fixture), IClassFixture<SqliteFixture>
{
    private const int Rows = 100_000;

    [Fact]
    public async Task EveryList_Over100kRows_SearchesAnIndexInItsOrder()
    {
        await Fill();
        var one = new Dictionary<string, string> { ["k"] = "1" };
        var two = new Dictionary<string, string> { ["k"] = "1", ["l"] = "2" };
        JobStatus?[] statuses = [null, JobStatus.Queued, JobStatus.Failed];
        var texts = new List<string> { IndexTable.Jobs.OpenText, IndexTable.Jobs.EndedText };
        foreach (var status in statuses)
        {
            foreach (var metadata in new[] { [], one, two })
            {
                foreach (var hasCursor in new[] { false, true })
                    texts.Add(new ListStatement(IndexTable.Jobs, (int?)status, metadata).Text(hasCursor));
            }
        }

        Assert.All(texts, text =>
        {
            var plan = Plan(text);
            Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal) || step.Contains("TEMP B-TREE"));
            Assert.StartsWith("SEARCH", plan[0]);
        });
        Assert.All(texts.Where(text => text.Contains("< (?, ?)")), text => Assert.Contains("(created_at,", Plan(text)[0]));
    }

    private async Task Fill()
    {
        var json = fixture.Services.GetRequiredService<GrainStateJson>();
        var tenants = Enumerable.Range(0, 10).Select(_ => JobTestStates.NewTenant()).ToArray();
        await fixture.Writer.Write(
            session =>
            {
                for (var i = 0; i < Rows; i++)
                {
                    var job = JobTestStates.Queued(tenants[i % 10], JobTestStates.Epoch.AddSeconds(i), ("k", $"{i % 50}"), ("l", $"{i % 3}"));
                    if (i % 100 != 0)
                        job.With(i % 2 == 0 ? JobStatus.Succeeded : JobStatus.Failed, JobTestStates.Epoch);
                    var key = new GrainStateKey("fill", "job", job.View.Id, "job");
                    var row = GrainStateTable.Insert(session, key, "{}"u8, JobTestStates.Epoch);
                    using var entry = IndexEntry.From(job, json)!;
                    entry.Write(session, row.Id, bound: null);
                }

                return session.Execute("ANALYZE");
            },
            WriteScope.Savepoint,
            cancellationToken: TestContext.Current.CancellationToken);
    }

    private List<string> Plan(string text) => fixture.Readers.Read(session =>
    {
        using var statement = session.Prepare($"EXPLAIN QUERY PLAN {text}");
        var steps = new List<string>();
        while (statement.Step())
            steps.Add(statement.Text(3));
        return steps;
    });
}
