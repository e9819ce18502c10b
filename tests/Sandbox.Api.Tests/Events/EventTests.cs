using System.Net;
using System.Net.ServerSentEvents;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Events;

public sealed class EventTests(GrainCluster cluster) : IAsyncLifetime
{
    private ApiServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ApiServer.Start(cluster);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Stream_WithoutAPlace_BeginsNow()
    {
        _server.Feed.Add("default", "job.submitted", "before");
        await using var stream = await Stream("/v1/events");
        _server.Feed.Add("default", "job.ended", "after", details: """{"status":"timedout","exitCode":"3","reason":"never told"}""");

        var item = await stream.Next();

        Assert.Equal(("2", "job.ended"), (item.EventId, item.EventType));
        Assert.Equal(
            """{"id":"2","type":"job.ended","tenantId":"default","resource":{"type":"job","id":"after"},"agentId":"agent","time":"2026-01-01T00:00:00Z","data":{"status":"timed_out","exitCode":"3"}}""",
            item.Data);
    }

    [Theory]
    [InlineData("/v1/events?from=1", null)]
    [InlineData("/v1/events?from=2", "1")]
    public async Task Stream_Resumed_GoesOnAfterThatEvent(string path, string? header)
    {
        foreach (var job in new[] { "a", "b", "c" })
            _server.Feed.Add("default", "job.submitted", job);

        await using var stream = await Stream(path, header);

        Assert.Equal(["2", "3"], [(await stream.Next()).EventId, (await stream.Next()).EventId]);
    }

    [Fact]
    public async Task Stream_OfSomeTypes_PassesOverTheOthersRefusalsAndOtherTenants()
    {
        _server.Feed.Add("acme", "job.ended", "foreign");
        _server.Feed.Add("default", "job.submitted", "a");
        _server.Feed.Add("default", "session.ended", "a", outcome: "denied");
        _server.Feed.Add("default", "network.connect", "a");
        _server.Feed.Add("default", "session.created", "a");
        _server.Feed.Add("default", "job.ended", "a");

        await using var stream = await Stream("/v1/events?from=0&types=job.ended,session.*");

        Assert.Equal(["4", "5"], [(await stream.Next()).EventId, (await stream.Next()).EventId]);
    }

    [Fact]
    public async Task Stream_ThatWaits_SaysWhereItIs()
    {
        _server.Feed.Add("default", "job.submitted", "a");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        using var response = await _server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));

        Assert.Equal(["1"], response.Headers.GetValues("Last-Event-ID"));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal([": here", "id: 1", ""], [await reader.ReadLineAsync(Cancel), await reader.ReadLineAsync(Cancel), await reader.ReadLineAsync(Cancel)]);
    }

    [Fact]
    public async Task Pages_AskedFor_AreWholeAndGoOn()
    {
        for (var number = 0; number < 5; number++)
        {
            _server.Feed.Add("default", "network.connect", "x");
            _server.Feed.Add("default", "job.submitted", $"job{number}");
        }

        var seen = new List<string>();
        var from = "0";
        for (var page = 0; page < 4; page++)
        {
            var list = await (await _server.Client.Get($"/v1/events?limit=2&from={from}", ("Accept", "application/json"))).Json();
            seen.AddRange(list.GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("resource").GetProperty("id").GetString()!));
            from = list.GetProperty("nextCursor").GetString()!;
        }

        Assert.Equal(["job0", "job1", "job2", "job3", "job4"], seen);
        Assert.Equal("10", from);
    }

    [Theory]
    [InlineData("?types=job.ended,nothing", null, "types")]
    [InlineData("?types=", null, "types")]
    [InlineData("?from=1", null, "from")]
    [InlineData("?from=-1", null, "from")]
    [InlineData("?limit=5", null, "limit")]
    [InlineData("", "soon", "Last-Event-ID")]
    [InlineData("?who=me", "99", "who")]
    [InlineData("", "99", "Last-Event-ID")]
    public async Task Request_ThatIsNone_NamesTheFault(string query, string? header, string fields)
    {
        (string, string)[] headers = header is null ? [] : [("Last-Event-ID", header)];

        Assert.Equal(fields.Split(' '), await (await _server.Client.Get($"/v1/events{query}", headers)).AssertInvalid());
    }

    [Fact]
    public async Task Stream_OfAKeyThatIsRemoved_IsCut()
    {
        var made = await (await _server.Client.PostJson("/v1/api-keys", """{"name": "n", "role": "auditor"}""")).Json();
        using var auditor = _server.NewClient(made.GetProperty("key").GetString());
        await using var stream = await Stream("/v1/events", client: auditor);
        _server.Feed.Add("default", "job.submitted", "a");
        Assert.Equal("1", (await stream.Next()).EventId);

        Assert.Equal(HttpStatusCode.NoContent, (await _server.Client.Delete($"/v1/api-keys/{made.GetProperty("id").GetString()}")).StatusCode);

        await Assert.ThrowsAnyAsync<IOException>(() => stream.Next().AsTask());
    }

    private async Task<EventTail> Stream(string path, string? lastEventId = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await (client ?? _server.Client).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new EventTail(response, SseParser.Create(await response.Content.ReadAsStreamAsync(Cancel)).EnumerateAsync(Cancel).GetAsyncEnumerator(Cancel));
    }

    private sealed class EventTail(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items) : IAsyncDisposable
    {
        public async ValueTask<SseItem<string>> Next()
        {
            Assert.True(await items.MoveNextAsync());
            return items.Current;
        }

        public async ValueTask DisposeAsync()
        {
            response.Dispose();
            await items.DisposeAsync();
        }
    }
}
