using System.Net;
using System.Text.Json;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Tests.Snapshots;

public sealed class SnapshotTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Server.Client;

    public static TheoryData<string, string> WrongSnapshots => new()
    {
        { "[]", "$" },
        { """{"name": ""}""", "name" },
        { """{"name": "a\u0007"}""", "name" },
        { """{"memory": "yes"}""", "memory" },
        { """{"ttlSeconds": 0}""", "ttlSeconds" },
        { """{"ttlSeconds": 1e300}""", "ttlSeconds" },
        { """{"metadata": {"": "x"}, "files": true}""", "files metadata." },
    };

    public static TheoryData<string, string> WrongForks => new()
    {
        { """{"count": 0}""", "count" },
        { """{"count": 33}""", "count" },
        { """{"count": 1.5}""", "count" },
        { """{"count": 1e18}""", "count" },
        { """{"memory": 1, "ttlSeconds": -1, "name": "x"}""", "memory name ttlSeconds" },
        { """{"metadata": {"": "x"}}""", "metadata." },
    };

    [Fact]
    public async Task Snapshot_Made_IsReadAndDeleted()
    {
        var session = await NewSession();
        var made = await Client.PostJson($"{session}/snapshot", """{"name": "n", "metadata": {"k": "v"}, "ttlSeconds": 60}""");

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var snapshot = await made.Json();
        var path = made.Headers.Location!.ToString();
        Assert.Equal($"/v1/snapshots/{Text(snapshot, "id")}", path);
        Assert.Equal((session, "n", "bash", "standard"), ($"/v1/sessions/{Text(snapshot, "sessionId")}", Text(snapshot, "name"), Text(snapshot, "language"), Text(snapshot, "isolation")));
        Assert.Equal((false, 5, 1), (snapshot.GetProperty("memory").GetBoolean(), snapshot.GetProperty("sizeBytes").GetInt64(), snapshot.GetProperty("skipped").GetInt64()));
        Assert.True(snapshot.TryGetProperty("expiresAt", out _));
        // Variables may be secrets.
        Assert.False(snapshot.TryGetProperty("env", out _));
        Assert.Equal(await made.Text(), await (await Client.Get(path)).Text());
        Assert.Equal(HttpStatusCode.NoContent, (await Client.Delete(path)).StatusCode);
        await (await Client.Get(path)).AssertProblem(HttpStatusCode.NotFound, "not_found");
        await (await Client.Delete(path)).AssertProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Snapshot_WithoutABody_TakesTheDefaults()
    {
        var snapshot = await (await Client.Post($"{await NewSession()}/snapshot")).Json();

        Assert.False(snapshot.TryGetProperty("name", out _));
        Assert.False(snapshot.TryGetProperty("expiresAt", out _));
    }

    [Theory]
    [MemberData(nameof(WrongSnapshots))]
    public async Task Snapshot_WrongMembers_NamesExactlyThem(string body, string paths) =>
        Assert.Equal(paths.Split(' '), await (await Client.PostJson($"{await NewSession()}/snapshot", body)).AssertInvalid());

    [Theory]
    [MemberData(nameof(WrongForks))]
    public async Task Fork_WrongMembers_NamesExactlyThem(string body, string paths) =>
        Assert.Equal(paths.Split(' '), await (await Client.PostJson($"{await NewSession()}/fork", body)).AssertInvalid());

    [Fact]
    public async Task Memory_WhereThereIsNone_IsRefusedAndNamed()
    {
        var session = await NewSession();
        foreach (var route in new[] { "snapshot", "fork" })
        {
            var problem = await (await Client.PostJson($"{session}/{route}", """{"memory": true}""")).AssertProblem(HttpStatusCode.UnprocessableEntity, "memory_snapshot_unsupported");
            Assert.True(problem.GetProperty("errors").TryGetProperty("memory", out _));
        }
    }

    [Fact]
    public async Task Snapshot_WithAKey_MakesOne()
    {
        var session = await NewSession();
        var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
        var first = await Client.PostJson($"{session}/snapshot", """{"name": "a"}""", key);
        var again = await Client.PostJson($"{session}/snapshot", """{"name":"a"}""", key);

        Assert.Equal(await first.Text(), await again.Text());
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        await (await Client.PostJson($"{session}/snapshot", """{"name": "b"}""", key)).AssertProblem(HttpStatusCode.Conflict, "idempotency_key_reused");
        // The session is part of the request.
        await (await Client.PostJson($"{await NewSession()}/snapshot", """{"name": "a"}""", key)).AssertProblem(HttpStatusCode.Conflict, "idempotency_key_reused");
    }

    [Fact]
    public async Task Fork_OfASession_AnswersWithAllOfThem()
    {
        var session = await NewSession();
        var answer = await Client.PostJson($"{session}/fork", """{"count": 3, "metadata": {"k": "v"}}""");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var items = (await answer.Json()).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(3, items.Select(item => Text(item, "id")).Distinct().Count());
        Assert.All(items, item => Assert.Equal("v", item.GetProperty("metadata").GetProperty("k").GetString()));
        Assert.Single((await (await Client.Post($"{session}/fork")).Json()).GetProperty("items").EnumerateArray());
        var replayed = await Client.PostJson($"{session}/fork", "{}", ("Idempotency-Key", "again"));
        Assert.Equal("true", Assert.Single(replayed.Headers.GetValues("Idempotency-Replayed")));
        foreach (var path in new[] { "/v1/sessions/ses_nonsense/fork", $"/v1/sessions/{SessionId.New()}/fork", "/v1/sessions/ses_nonsense/snapshot" })
            await (await Client.Post(path)).AssertProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Session_WithASnapshot_HasWhatTheSnapshotSays()
    {
        var snapshot = Text(await (await Client.Post($"{await NewSession()}/snapshot")).Json(), "id");

        var session = await (await Client.PostJson("/v1/sessions", $$"""{"snapshot": "{{snapshot}}"}""")).Json();
        var limited = await (await Client.PostJson("/v1/sessions", $$"""{"limits": {"cpu": 2}, "snapshot": "{{snapshot}}"}""")).Json();

        Assert.Equal(("bash", snapshot), (Text(session, "language"), Text(session, "snapshot")));
        Assert.Equal((3, 2), (session.GetProperty("limits").GetProperty("cpu").GetDouble(), limited.GetProperty("limits").GetProperty("cpu").GetDouble()));
        Assert.Equal(["snapshot"], await (await Client.PostJson("/v1/sessions", """{"snapshot": 5}""")).AssertInvalid());
    }

    [Fact]
    public async Task Pause_ToDisk_IsAskedForByItsBody()
    {
        var session = await NewSession();

        Assert.Equal("disk", Text(await (await Client.PostJson($"{session}/pause", """{"memory": "disk"}""")).Json(), "pausedTo"));
        Assert.Equal("paused", Text(await (await Client.PostJson($"{session}/pause", """{"memory": "memory"}""")).Json(), "status"));
        Assert.Equal("paused", Text(await (await Client.Post($"{session}/pause")).Json(), "status"));
        Assert.Equal(["memory"], await (await Client.PostJson($"{session}/pause", """{"memory": "tape"}""")).AssertInvalid());
        Assert.Equal(["disk"], await (await Client.PostJson($"{session}/pause", """{"disk": true}""")).AssertInvalid());
    }

    [Fact]
    public async Task List_BySessionAndLabel_InPages()
    {
        var (mine, other) = (SessionId.New().ToString(), SessionId.New().ToString());
        var views = Enumerable.Range(0, 3).Select(i => MemorySnapshotQueries.View(mine, DateTimeOffset.UnixEpoch.AddYears(40 + i), ("k", $"{i % 2}"))).ToList();
        fixture.Server.Snapshots.Snapshots.AddRange(views.Append(MemorySnapshotQueries.View(other, DateTimeOffset.UnixEpoch)).Select(view => ("default", view)));
        fixture.Server.Snapshots.Snapshots.Add(("another", MemorySnapshotQueries.View(mine, DateTimeOffset.UnixEpoch)));

        var first = await (await Client.Get($"/v1/snapshots?sessionId={mine}&limit=2")).Json();
        var second = await (await Client.Get($"/v1/snapshots?sessionId={mine}&limit=2&cursor={Text(first, "nextCursor")}")).Json();
        var labelled = await (await Client.Get($"/v1/snapshots?sessionId={mine}&metadata.k=1")).Json();

        Assert.Equal([views[2].Id, views[1].Id], Ids(first));
        Assert.Equal([views[0].Id], Ids(second));
        Assert.Equal([views[1].Id], Ids(labelled));
        Assert.Equal(["cursor", "limit", "sessionId", "x"], await (await Client.Get("/v1/snapshots?sessionId=5&limit=0&cursor=abc&x=1")).AssertInvalid());
    }

    private async Task<string> NewSession() => $"/v1/sessions/{Text(await (await Client.PostJson("/v1/sessions", "{}")).Json(), "id")}";

    private static IEnumerable<string?> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(item => Text(item, "id"));

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
