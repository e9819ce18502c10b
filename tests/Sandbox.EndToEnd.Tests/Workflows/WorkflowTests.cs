using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Workflows;

public sealed class WorkflowTests(SharedServer server)
{
    private readonly WorkflowClient _workflows = new(server.Client);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Graph_PassesOutputsAndFilesOn_UnderItsConditions()
    {
        var workflow = await _workflows.Run(
            new
            {
                name = "pass on",
                onFailure = "continue",
                steps = new object[]
                {
                    new { id = "make", job = new { language = "python", code = "open('out.csv','w').write('a,b\\n1,2\\n')\nprint('made')\n{'rows': 1, 'name': 'x y'}", artifacts = new[] { "*.csv" } } },
                    new { id = "read", dependsOn = new[] { "make" }, job = new { language = "bash", code = "cat in.csv; echo \"$NAME\"; cat", stdin = "${steps.make.stdout}", env = new Dictionary<string, string> { ["NAME"] = "${steps.make.result.name}" }, files = new[] { new { path = "in.csv", artifact = "${steps.make.artifacts.out.csv}" } } } },
                    new { id = "many", dependsOn = new[] { "make" }, when = "steps.make.result.rows > 10", job = new { command = new[] { "true" } } },
                    new { id = "fails", dependsOn = new[] { "make" }, job = new { command = new[] { "sh", "-c", "exit 4" } } },
                    new { id = "after", dependsOn = new[] { "fails" }, when = "steps.fails.status == 'failed' && steps.fails.exitCode == 4", job = new { command = new[] { "echo", "${steps.fails.exitCode}" } } },
                    new { id = "never", dependsOn = new[] { "fails" }, job = new { command = new[] { "true" } } },
                },
            },
            Token);

        Assert.Equal("make:succeeded read:succeeded many:skipped fails:failed after:succeeded never:skipped", workflow.Shown);
        Assert.Equal(("failed", "condition", "dependency"), (workflow.Status, workflow["many"].Cause, workflow["never"].Cause));
        Assert.Equal("a,b\n1,2\nx y\nmade\n", await _workflows.Stdout(workflow, "read", Token));
        Assert.Equal("4\n", await _workflows.Stdout(workflow, "after", Token));
        var jobs = await server.Client.List($"metadata.workflow={workflow.Id}", Token);
        Assert.Equal(4, jobs.Items.Count);
        using var events = await server.Client.Http.GetAsync($"/v1/workflows/{workflow.Id}/events?from=1", Token);
        Assert.EndsWith("data: {\"status\":\"failed\",\"cause\":\"step_failed\"}\n\n", await events.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        var record = await server.Client.Http.GetFromJsonAsync<JsonElement>($"/v1/audit/events?resource={workflow.Id}&limit=100", Token);
        Assert.Contains("workflow.submitted", record.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("workflow.ended", record.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Step_ThatFailsAtFirst_SucceedsAtALaterAttempt_AndOneThatHangsIsEnded()
    {
        var workflow = await _workflows.Run(
            new
            {
                onFailure = "continue",
                steps = new object[]
                {
                    // Of ten starts at least one is even, but for one time in a thousand.
                    new { id = "flaky", retry = new { maxAttempts = 10, backoffSeconds = 0 }, job = new { language = "bash", code = "n=$((RANDOM % 2)); exit $n" } },
                    new { id = "hangs", timeoutSeconds = 1, job = new { command = new[] { "sleep", "300" } } },
                },
            },
            Token);
        Assert.Equal("flaky:succeeded hangs:timed_out", workflow.Shown);
        Assert.Equal("cancelled", (await server.Client.Get(workflow["hangs"].JobId!, Token)).Status);
    }

    [Fact]
    public async Task Cancel_EndsEveryRunningStep()
    {
        var steps = Enumerable.Range(0, 3).Select(index => (object)new { id = $"s{index}", job = new { command = new[] { "sleep", "300" } } })
            .Append(new { id = "last", dependsOn = new[] { "s0" }, job = new { command = new[] { "true" } } });
        var workflow = await _workflows.Submit(new { steps }, Token);
        await Eventually.True(async () => (await server.Client.List($"metadata.workflow={workflow.Id}", Token)).Items.Count == 3, "its steps are submitted", Token);
        using var answer = await server.Client.Http.PostAsync($"/v1/workflows/{workflow.Id}/cancel", null, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        workflow = await _workflows.End(workflow.Id, Token);
        Assert.Equal(("cancelled", "s0:cancelled s1:cancelled s2:cancelled last:skipped"), (workflow.Status, workflow.Shown));
        Assert.All((await server.Client.List($"metadata.workflow={workflow.Id}", Token)).Items, job => Assert.Equal("cancelled", job.Status));
        using var deleted = await server.Client.Http.DeleteAsync($"/v1/workflows/{workflow.Id}", Token);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Fact]
    public async Task Step_OfAnotherAgent_IsUnderThatAgentsPolicy()
    {
        var policy = $"p{Guid.NewGuid():N}"[..20];
        using (var stored = await server.Client.Http.PutAsJsonAsync($"/v1/policies/{policy}", new { languages = new[] { "bash" } }, Token))
            Assert.True(stored.IsSuccessStatusCode, await stored.Content.ReadAsStringAsync(Token));
        var agent = $"agent-{Guid.NewGuid():N}";
        using (var made = await server.Client.Http.PostAsJsonAsync("/v1/api-keys", new { name = "n", role = "member", agentId = agent, policy }, Token))
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Token));

        var allowed = await _workflows.Run(new { steps = new[] { new { id = "a", agentId = agent, job = new { language = "bash", code = "true" } } } }, Token);
        using var refused = await _workflows.Post(new { steps = new[] { new { id = "a", agentId = agent, job = new { language = "python", code = "1" } } } }, Token);

        var job = await server.Client.Http.GetFromJsonAsync<JsonElement>($"/v1/jobs/{allowed["a"].JobId}", Token);
        Assert.Equal((agent, policy), (job.GetProperty("agentId").GetString(), job.GetProperty("decision").GetProperty("policy").GetString()));
        var problem = await SandboxClient.Read<Problem>(refused, Token);
        Assert.Equal((HttpStatusCode.Forbidden, "policy_denied", "languages"), (refused.StatusCode, problem.Code, problem.Rule));
        Assert.Equal(["steps[0].job.language"], problem.Errors!.Keys);
    }
}
