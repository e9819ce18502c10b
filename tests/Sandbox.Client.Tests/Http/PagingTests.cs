using Sandbox.Client.Tests.Testing;

namespace Sandbox.Client.Tests.Http;

public sealed class PagingTests : ClientServer
{
    [Fact]
    public async Task List_OfSeveralPages_IsReadToItsEnd()
    {
        Server.On("GET /v1/jobs", 200, $$"""{"items":[{{Wires.Job("running")}}],"nextCursor":"c/1"}""").On("GET /v1/jobs", 200, $$"""{"items":[{{Wires.Job("failed")}}]}""");

        var jobs = await Client().Jobs.ListAsync(new ListFilter { PageSize = 1, Metadata = new Dictionary<string, string> { ["team"] = "a&b" } }, Token).ToListAsync(Token);

        Assert.Equal(["running", "failed"], jobs.Select(job => job.Status));
        Assert.Equal(
            ["GET /v1/jobs?limit=1&metadata.team=a%26b", "GET /v1/jobs?limit=1&cursor=c%2F1&metadata.team=a%26b"], Server.Requests.Select(request => request.Line));
    }

    [Fact]
    public async Task List_ThatIsLeft_AsksForNoFurtherPage()
    {
        Server.On("GET /v1/sessions", 200, $$"""{"items":[{{Wires.Session("ready")}},{{Wires.Session("paused")}}],"nextCursor":"c"}""");

        var first = await Client().Sessions.ListAsync(cancellationToken: Token).FirstAsync(Token);

        Assert.Equal("ready", first.Status);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Page_ByItself_SaysWhereTheNextBegins()
    {
        Server.On("GET /v1/audit/events", 200, """{"items":[{"sequence":7,"event":{"action":"job.denied","outcome":"denied","actor":{"agentId":"a"}}}],"nextCursor":"6"}""");

        Page<AuditItem> page = await Client().Audit.ListPageAsync(new AuditFilter { Action = "job.denied", PageSize = 1 }, Token);

        Assert.Equal(("6", 7L, "a"), (page.NextCursor, page.Items[0].Sequence, page.Items[0].Event.Actor!.AgentId));
        Assert.Equal("GET /v1/audit/events?limit=1&action=job.denied", Server.Requests.Single().Line);
    }
}
