using Sandbox.Storage.Audit;
using Xunit;

namespace Sandbox.Storage.Tests.Audit;

public sealed class AuditIndexTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    public static TheoryData<string, string> Queries => new()
    {
        { AuditReader.NewestText([]), "PRIMARY KEY (tenant_id=? AND sequence>? AND sequence<?)" },
        { AuditReader.NewestText(["resource"]), "audit_by_resource (tenant_id=? AND resource=? AND sequence>? AND sequence<?)" },
        { AuditReader.NewestText(["actor"]), "audit_by_actor (tenant_id=? AND actor=? AND sequence>? AND sequence<?)" },
        { AuditReader.NewestText(["action"]), "audit_by_action (tenant_id=? AND action=? AND sequence>? AND sequence<?)" },
        { AuditReader.NewestText(["outcome"]), "audit_by_outcome (tenant_id=? AND outcome=? AND sequence>? AND sequence<?)" },
        { AuditReader.NewestText(["resource", "actor", "action", "outcome"]), "audit_by_resource (tenant_id=? AND resource=? AND sequence>? AND sequence<?)" },
        { AuditReader.OldestText, "PRIMARY KEY (tenant_id=? AND sequence>? AND sequence<?)" },
        { AuditReader.LastBeforeText, "audit_by_time (tenant_id=? AND at<?)" },
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public void Query_OfEachKind_IsOneRangeOfAnIndexInItsOrder(string text, string range) =>
        Assert.EndsWith(range, Assert.Single(PlanOf(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("resource")]
    [InlineData("actor")]
    [InlineData("action")]
    [InlineData("outcome")]
    public void Count_ForAFilter_LooksAtItsIndexAlone(string column) =>
        Assert.Contains(PlanOf(AuditReader.CountText(column)), step => step.Contains($"COVERING INDEX audit_by_{column} (tenant_id=? AND {column}=?", StringComparison.Ordinal));

    private List<string> PlanOf(string text) => fixture.Readers.Read(session =>
    {
        using var statement = session.Prepare($"EXPLAIN QUERY PLAN {text}");
        var found = new List<string>();
        while (statement.Step())
            found.Add(statement.Text(3));
        return found;
    });
}
