using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Sessions;

public sealed class SessionTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Server.Client;

    /// <summary>Requests for a session, and the paths that the answer must name, all and no other.</summary>
    public static TheoryData<string, string> WrongSessions => new()
    {
        { "[]", "$" },
        { """{"language": "cobol"}""", "language" },
        { """{"isolation": "none"}""", "isolation" },
        { """{"ttlSeconds": 0}""", "ttlSeconds" },
        { """{"ttlSeconds": 1e300}""", "ttlSeconds" },
        { """{"ttlSeconds": "60"}""", "ttlSeconds" },
        { """{"idleSeconds": -1}""", "idleSeconds" },
        { """{"onIdle": "sleep", "idleSeconds": 5}""", "onIdle" },
        { """{"onIdle": "pause"}""", "onIdle" },
        { """{"env": {"A=B": "x"}}""", "env.A=B" },
        { """{"limits": {"cpu": 99, "memory": 1}}""", "limits.cpu limits.memory" },
        { """{"metadata": {"": "x"}}""", "metadata." },
        { """{"metadata": {"dynamic-sessions/identifier": "x"}}""", "metadata.dynamic-sessions/identifier" },
        { """{"code": "1", "ttl": 5}""", "code ttl" },
    };

    public static TheoryData<string, string> WrongSteps => new()
    {
        { "{}", "code command" },
        { """{"code": "1", "command": ["ls"]}""", "code command" },
        { """{"command": []}""", "command" },
        { """{"command": ["ls"], "language": "bash"}""", "language" },
        { """{"code": "1", "language": "cobol"}""", "language" },
        { """{"code": "1", "context": ""}""", "context" },
        { """{"code": "1", "context": "a.b"}""", "context" },
        { """{"code": "1", "timeoutSeconds": 0}""", "timeoutSeconds" },
        { """{"code": "1", "env": {"A": 1}}""", "env.A" },
        { """{"code": 1}""", "code" },
        { """{"code": "1", "args": []}""", "args" },
    };

    [Fact]
    public async Task Create_Empty_TakesTheDefaults()
    {
        var response = await Client.PostJson("/v1/sessions", "{}");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var session = await response.Json();
        Assert.Equal($"/v1/sessions/{session.GetProperty("id").GetString()}", response.Headers.Location!.ToString());
        Assert.Equal(("ready", "python", "standard", "end"), (Text(session, "status"), Text(session, "language"), Text(session, "isolation"), Text(session, "onIdle")));
        Assert.Equal(TimeSpan.FromHours(1), session.GetProperty("expiresAt").GetDateTime() - session.GetProperty("createdAt").GetDateTime());
        Assert.False(session.TryGetProperty("idleSeconds", out _));
    }

    [Theory]
    [MemberData(nameof(WrongSessions))]
    public async Task Create_WrongMembers_NamesExactlyThem(string body, string paths) =>
        Assert.Equal(paths.Split(' ').Order(StringComparer.Ordinal), Paths(await Client.PostJson("/v1/sessions", body)));

    [Theory]
    [InlineData("""{"isolation": "strong"}""", 422, "isolation_unavailable")]
    public async Task Create_WhatCannotBeHad_IsRefusedAndMakesNothing(string body, int status, string code) =>
        await (await Client.PostJson("/v1/sessions", body)).AssertProblem((HttpStatusCode)status, code);

    [Fact]
    public async Task Create_WithAKey_MakesOne()
    {
        var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
        var first = await Client.PostJson("/v1/sessions", """{"ttlSeconds": 60}""", key);
        var again = await Client.PostJson("/v1/sessions", """{"ttlSeconds":60.0}""", key);
        var other = await Client.PostJson("/v1/sessions", """{"ttlSeconds": 61}""", key);

        Assert.Equal(Text(await first.Json(), "id"), Text(await again.Json(), "id"));
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        await other.AssertProblem(HttpStatusCode.Conflict, "idempotency_key_reused");
    }

    [Fact]
    public async Task Update_OfPart_ChangesThatAndNothingElse()
    {
        var path = await New();
        var changed = await (await Patch(path, """{"ttlSeconds": 120, "metadata": {"a": "b"}}""")).Json();

        Assert.Equal(120, (changed.GetProperty("expiresAt").GetDateTime() - changed.GetProperty("createdAt").GetDateTime()).TotalSeconds);
        Assert.Equal("b", changed.GetProperty("metadata").GetProperty("a").GetString());
        Assert.Equal(["$"], Paths(await Patch(path, "{}")));
        Assert.Equal(["idleSeconds", "ttlSeconds"], Paths(await Patch(path, """{"ttlSeconds": 0.5, "idleSeconds": 0.5}""")));
        Assert.Equal(HttpStatusCode.OK, (await Patch(path, """{"idleSeconds": 0}""")).StatusCode);
    }

    [Fact]
    public async Task EveryRoute_AfterTheEnd_IsGoneButSteps()
    {
        var path = await New();
        await Client.PostJson($"{path}/steps", """{"code": "1"}""");
        Assert.Equal(HttpStatusCode.NoContent, (await Client.Delete(path)).StatusCode);

        await (await Client.Get(path)).AssertProblem(HttpStatusCode.Gone, "session_terminated");
        await (await Client.Delete(path)).AssertProblem(HttpStatusCode.Gone, "session_terminated");
        await (await Client.Post($"{path}/pause")).AssertProblem(HttpStatusCode.Gone, "session_terminated");
        await (await Client.Post($"{path}/resume")).AssertProblem(HttpStatusCode.Gone, "session_terminated");
        await (await Client.PostJson($"{path}/steps", """{"code": "1"}""")).AssertProblem(HttpStatusCode.Gone, "session_terminated");
        Assert.Equal(HttpStatusCode.OK, (await Client.Get($"{path}/steps/1")).StatusCode);
    }

    [Theory]
    [InlineData("/v1/sessions/ses_1")]
    [InlineData("/v1/sessions/ses_00000000000000000000000000")]
    [InlineData("/v1/sessions/ses_00000000000000000000000000/steps/1")]
    [InlineData("/v1/sessions/ses_00000000000000000000000000/steps/x")]
    [InlineData("/v1/sessions/ses_00000000000000000000000000/steps/99999999999999999999/events")]
    [InlineData("/v1/sessions/ses_1/files/a")]
    [InlineData("/v1/sessions/ses_1/files")]
    [InlineData("/v1/sessions/ses_1/watch")]
    public async Task EveryRoute_OfWhatIsNot_IsNotFound(string path) =>
        await (await Client.Get(path)).AssertProblem(HttpStatusCode.NotFound, "not_found");

    [Fact]
    public async Task Step_Ended_HasEveryMember()
    {
        var path = await New();
        var response = await Client.PostJson($"{path}/steps", """{"code": "x", "stdin": "in", "context": "side", "language": "bash"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var step = await response.Json();
        Assert.Equal($"{path[13..]}.1", Text(step, "id"));
        Assert.Equal(("succeeded", "side", "bash", "x", "in"), (Text(step, "status"), Text(step, "context"), Text(step, "language"), Text(step, "stdout"), Text(step, "stderr")));
        Assert.Equal("1", step.GetProperty("results")[0].GetProperty("text/plain").GetString());
        Assert.Equal("no json", step.GetProperty("results")[1].GetString());
        Assert.Equal("E", step.GetProperty("error").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Step_StillRunning_IsAcceptedWithItsPath()
    {
        var path = await New();
        var response = await Client.PostJson($"{path}/steps?wait=0", """{"code": "hang"}""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"{path}/steps/1", response.Headers.Location!.ToString());
        Assert.Equal("running", Text(await (await Client.Get($"{path}/steps/1")).Json(), "status"));
        Assert.Equal(HttpStatusCode.OK, (await Client.Post($"{path}/steps/1/interrupt")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(WrongSteps))]
    public async Task Step_WrongMembers_NamesExactlyThem(string body, string paths) =>
        Assert.Equal(paths.Split(' ').Order(StringComparer.Ordinal), Paths(await Client.PostJson($"{await New()}/steps", body)));

    [Fact]
    public async Task Step_WhoseEventsAreAsked_StreamsThem()
    {
        var path = await New();
        var streamed = await Client.PostJson($"{path}/steps", """{"code": "print"}""", ("Accept", "text/event-stream"));
        var resumed = await Client.Get($"{path}/steps/1/events", ("Last-Event-ID", "4096"));

        Assert.Equal($"{path}/steps/1", streamed.Headers.Location!.ToString());
        Assert.Equal(["status", "stdout", "result", "end"], (await streamed.Events()).Select(item => item.EventType));
        Assert.Equal(["result", "end"], (await resumed.Events()).Select(item => item.EventType));
    }

    [Fact]
    public async Task Events_OfASession_TellTheStepAndResumeByTheirIds()
    {
        var path = await New();

        var all = await (await Client.Get($"{path}/events")).Events();
        var resumed = await (await Client.Get($"{path}/events?from=0", ("Last-Event-ID", "0;2:4096"))).Events();

        Assert.Equal(["step", "stdout", "result", "step", "end"], all.Select(item => item.EventType));
        Assert.Equal(["0;2:1", "0;2:4096", "0;1:4096;2:4096", "0;1:4096;2"], all.Take(4).Select(item => item.EventId));
        Assert.Equal(
            ["""{"step":2,"data":{"status":"running"}}""", """{"step":2,"text":"two"}""", """{"step":1,"data":{"step":"mine"}}"""],
            all.Take(3).Select(item => item.Data));
        Assert.Equal(("expired", "ttl"), (Text(JsonElement.Parse(all[4].Data), "status"), Text(JsonElement.Parse(all[4].Data), "cause")));
        Assert.Equal(["result", "step", "end"], resumed.Select(item => item.EventType));
    }

    [Theory]
    [InlineData("events?from=x", "from")]
    [InlineData("events?from=1;1", "from")]
    [InlineData("events?after=1", "after")]
    public async Task Events_FromNoPosition_NameTheMember(string route, string member) =>
        Assert.Equal([member], Paths(await Client.Get($"{await New()}/{route}")));

    [Fact]
    public async Task Events_OfNoSession_AreNotFound() =>
        Assert.Equal(HttpStatusCode.NotFound, (await Client.Get($"/v1/sessions/ses_{new string('0', 26)}/events")).StatusCode);

    [Fact]
    public async Task Steps_InPages_AreInOrderWithoutOutput()
    {
        var path = await New();
        for (var i = 0; i < 3; i++)
            await Client.PostJson($"{path}/steps", """{"code": "1"}""");

        var first = await (await Client.Get($"{path}/steps?limit=2")).Json();
        var second = await (await Client.Get($"{path}/steps?limit=2&cursor={Text(first, "nextCursor")}")).Json();

        Assert.Equal([1, 2], first.GetProperty("items").EnumerateArray().Select(step => step.GetProperty("sequence").GetInt32()));
        Assert.Equal([3], second.GetProperty("items").EnumerateArray().Select(step => step.GetProperty("sequence").GetInt32()));
        Assert.All(first.GetProperty("items").EnumerateArray(), step => Assert.False(step.TryGetProperty("stdout", out _) || step.TryGetProperty("results", out _)));
        Assert.False(second.TryGetProperty("nextCursor", out _));
        Assert.Equal(["cursor", "limit", "page"], Paths(await Client.Get($"{path}/steps?limit=0&cursor=x&page=1")));
    }

    [Fact]
    public async Task List_BadQuery_IsNamed() => Assert.Equal(
        ["cursor", "limit", "status", "x"], Paths(await Client.Get("/v1/sessions?status=busy&limit=5000&cursor=abc&x=1")));

    private async Task<string> New() => $"/v1/sessions/{Text(await (await Client.PostJson("/v1/sessions", "{}")).Json(), "id")}";

    private Task<HttpResponseMessage> Patch(string path, string json) => Client.PatchAsync(
        path, new StringContent(json, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static string[] Paths(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return [.. JsonNode.Parse(reader.ReadToEnd())!["errors"]!.AsObject().Select(error => error.Key).Order(StringComparer.Ordinal)];
    }
}
