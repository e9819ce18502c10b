using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Tests.Audit;

public sealed class AuditQueryTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task List_WithEveryFilter_AsksForIt()
    {
        await fixture.Server.Client.Get("/v1/audit/events?from=2026-01-01&to=2026-01-31T12:00:00.5Z&actor=a&action=job.denied&resource=job_1&outcome=denied&limit=7");

        var asked = fixture.Server.Audit.Asked!;
        Assert.Equal(
            new AuditQuery("default", 7)
            {
                From = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), To = new DateTimeOffset(2026, 1, 31, 12, 0, 0, 500, TimeSpan.Zero),
                Actor = "a", Action = "job.denied", Resource = "job_1", Outcome = "denied",
            },
            asked);
    }

    [Theory]
    [InlineData("events?from=yesterday", "from")]
    [InlineData("events?to=2026-13-01", "to")]
    [InlineData("events?limit=0&cursor=x", "cursor limit")]
    [InlineData("events?actor=&who=me", "actor who")]
    [InlineData("verify?from=2026-01-01", "from")]
    [InlineData("export?cursor=-1&to=x", "cursor to")]
    public async Task Query_ThatIsNone_NamesEveryFault(string query, string fields) =>
        Assert.Equal(fields.Split(' '), await (await fixture.Server.Client.Get($"/v1/audit/{query}")).AssertInvalid());
}
