using System.Net;
using System.Text.Json;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Tests.Workflows;

public sealed class WorkflowTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string OneStep = """{"steps": [{"id": "a", "job": {"language": "python", "code": "1"}}]}""";

    private HttpClient Client => fixture.Server.Client;

    public static TheoryData<string, string> Wrong => new()
    {
        { "[]", "$" },
        { "{}", "steps" },
        { """{"steps": []}""", "steps" },
        { """{"steps": [1]}""", "steps[0]" },
        { """{"steps": [{}]}""", "steps[0].id steps[0].job" },
        { """{"steps": [{"id": "a", "job": {"command": ["true"]}, "session": "s", "step": {"code": "1"}}]}""", "steps[0].job" },
        { """{"steps": [{"id": "a", "session": "s"}]}""", "steps[0].step" },
        { """{"steps": [{"id": "a", "step": {"code": "1"}}]}""", "steps[0].session" },
        { """{"steps": [{"id": "a", "job": {"language": "python"}}]}""", "steps[0].job.code" },
        { """{"steps": [{"id": "a", "job": {"command": ["true"], "metadata": {"workflow": "x"}}}]}""", "steps[0].job.metadata.workflow" },
        { """{"steps": [{"id": "a", "job": {"command": ["true"], "files": [{"path": "f", "artifact": "art"}]}}]}""", "steps[0].job.files[0].artifact" },
        { """{"steps": [{"id": "a", "job": {"command": ["true"], "nope": 1}}]}""", "steps[0].job.nope" },
        { """{"steps": [{"id": "a", "retry": {"maxAttempts": 0, "backoffSeconds": -1}, "timeoutSeconds": 0, "agentId": "", "job": {"command": ["true"]}}]}""", "steps[0].agentId steps[0].retry.backoffSeconds steps[0].retry.maxAttempts steps[0].timeoutSeconds" },
        { """{"steps": [{"id": "a", "job": {"command": ["true"]}}], "onFailure": "panic", "maxParallel": 0, "timeoutSeconds": 0, "name": ""}""", "maxParallel name onFailure timeoutSeconds" },
        { """{"steps": [{"id": "a", "job": {"command": ["true"]}}], "sessions": [{"name": "s"}, {"session": {}}, {"name": "t", "session": {"snapshot": "snp_x", "language": "cobol"}}]}""", "sessions[0].session sessions[1].name sessions[2].session.language sessions[2].session.snapshot" },
        { """{"steps": [{"id": "a", "job": {"command": ["true"]}}], "memory": []}""", "memory" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Create_WithWrongMembers_NamesEachOfThem(string body, string fields) =>
        Assert.Equal(fields.Split(' '), (await (await Client.PostJson("/v1/workflows", body)).AssertInvalid()).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Create_WithWhatTheGraphRefuses_NamesTheStep()
    {
        var problem = await (await Client.PostJson("/v1/workflows", """{"steps": [{"id": "refused", "job": {"command": ["true"]}}]}"""))
            .AssertProblem(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal("Step 'refused': no.", problem.GetProperty("errors").GetProperty("steps[0].dependsOn[0]")[0].GetString());
        var fault = await (await Client.PostJson("/v1/workflows", """{"steps": [{"id": "b", "job": {"language": "x"}}]}""")).AssertProblem(HttpStatusCode.BadRequest, "invalid_request");
        Assert.StartsWith("Step 'b': ", fault.GetProperty("errors").GetProperty("steps[0].job.language")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workflow_Made_IsReadCancelledAndDeleted()
    {
        var made = await Client.PostJson("/v1/workflows", """
            {"name": "n", "metadata": {"k": "v"}, "onFailure": "continue", "timeoutSeconds": 60, "memory": {"m": {"x": [1]}},
             "sessions": [{"name": "s", "session": {}}],
             "steps": [{"id": "a", "job": {"language": "python", "code": "print(1)", "files": [{"path": "f", "artifact": "${steps.x.artifacts.y}"}]},
                        "retry": {"maxAttempts": 3, "backoffSeconds": 0.5}, "timeoutSeconds": 9},
                       {"id": "b", "dependsOn": ["a"], "agentId": "bob", "session": "s", "step": {"code": "x = 1"}, "when": "steps.a.exitCode == 0"}]}
            """);
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        var workflow = await made.Json();
        var path = $"/v1/workflows/{workflow.GetProperty("id").GetString()}";
        var steps = workflow.GetProperty("steps");
        Assert.Equal(("succeeded", "n", "continue"), (Text(workflow, "status"), Text(workflow, "name"), Text(workflow, "onFailure")));
        Assert.Equal(("print(1)  3 0.5 9 ", "x = 1 s 1 1  steps.a.exitCode == 0"), (Text(steps[0], "detail"), Text(steps[1], "detail")));
        Assert.Equal(("bob", "a"), (Text(steps[1], "agentId"), steps[1].GetProperty("dependsOn")[0].GetString()));
        Assert.Equal("""{"x": [1]}""", workflow.GetProperty("sessions").GetProperty("m").GetString());
        Assert.Equal(60, (workflow.GetProperty("deadlineAt").GetDateTime() - workflow.GetProperty("createdAt").GetDateTime()).TotalSeconds);
        Assert.Equal(await made.Text(), await (await Client.Get(path)).Text());
        Assert.Equal(HttpStatusCode.OK, (await Client.Post($"{path}/cancel")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await Client.Delete(path)).StatusCode);
        await (await Client.Get(path)).AssertProblem(HttpStatusCode.NotFound, "not_found");
        await (await Client.Get("/v1/workflows/wfl_1")).AssertProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Create_AgainWithAKey_IsAnsweredOnce()
    {
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var first = await Client.PostJson("/v1/workflows", OneStep, key);
        var again = await Client.PostJson("/v1/workflows", OneStep.Replace("\"steps\"", " \"steps\" ", StringComparison.Ordinal), key);
        Assert.Equal(await first.Text(), await again.Text());
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        await (await Client.PostJson("/v1/workflows", OneStep.Replace("\"1\"", "\"2\"", StringComparison.Ordinal), key)).AssertProblem(HttpStatusCode.Conflict, "idempotency_key_reused");
    }

    [Fact]
    public async Task Events_AreStreamedAndResumed()
    {
        var path = $"/v1/workflows/{Text(await (await Client.PostJson("/v1/workflows", OneStep)).Json(), "id")}/events";
        Assert.Equal([("1", "status"), ("2", "step"), ("3", "end")], (await (await Client.Get(path)).Events()).Select(item => (item.EventId, item.EventType)));
        Assert.Equal(["3"], (await (await Client.Get(path, ("Last-Event-ID", "2"))).Events()).Select(item => item.EventId));
        await (await Client.Get($"{path}?from=x")).AssertInvalid();
    }

    [Fact]
    public async Task List_ByStateAndLabel_ComesInPages()
    {
        var queries = (MemoryWorkflowQueries)fixture.Server.Services.GetService(typeof(MemoryWorkflowQueries))!;
        var label = Guid.NewGuid().ToString("N");
        for (var i = 0; i < 3; i++)
            queries.Workflows.Add(("default", MemoryWorkflowQueries.View(WorkflowStatus.Running, DateTimeOffset.UnixEpoch.AddMinutes(i), ("run", label))));
        queries.Workflows.Add(("default", MemoryWorkflowQueries.View(WorkflowStatus.Failed, DateTimeOffset.UnixEpoch, ("run", label))));

        var page = await (await Client.Get($"/v1/workflows?status=running&metadata.run={label}&limit=2")).Json();
        var rest = await (await Client.Get($"/v1/workflows?status=running&metadata.run={label}&limit=2&cursor={Text(page, "nextCursor")}")).Json();

        Assert.Equal((2, 1), (page.GetProperty("items").GetArrayLength(), rest.GetProperty("items").GetArrayLength()));
        Assert.False(page.GetProperty("items")[0].TryGetProperty("steps", out _));
        Assert.Equal(2, page.GetProperty("items")[0].GetProperty("counts").GetProperty("pending").GetInt32());
        await (await Client.Get("/v1/workflows?status=odd&cursor=x&limit=0")).AssertInvalid();
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
