using Microsoft.Playwright;
using Sandbox.EndToEnd.Tests.Services;

namespace Sandbox.EndToEnd.Tests.Dashboard;

/// <summary>Jobs, services and workflows as people see them run, in a real browser.</summary>
public sealed class WorkTests(DashboardFixture fixture) : IClassFixture<DashboardFixture>
{
    private const string Evil = "<script>window.evil=1</script><img src=x onerror=\"window.evil=1\">";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SandboxClient Client => fixture.Server.Client;

    [Fact]
    public async Task Job_IsFollowedWhileItRuns_AndCancelled()
    {
        var job = await Client.Submit(new { language = "bash", code = "echo begins; echo bad >&2; while :; do printf '\\033[32magain\\033[0m\\n'; sleep 0.2; done" }, Token);
        await using var visit = await fixture.SignedIn();
        await visit.Open($"/dashboard/jobs/{job.Id}");
        var output = visit.Page.Locator("#output");

        await Assertions.Expect(output.Locator("span.stderr")).ToHaveTextAsync("bad");
        await Assertions.Expect(output).ToContainTextAsync("again\nagain\n");
        await visit.Check("job-running");
        await visit.Page.GetByText("Cancel…").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        await Assertions.Expect(visit.Page.Locator("[data-part=state] .chip")).ToHaveTextAsync("cancelled");
        await Assertions.Expect(visit.Page.Locator("#stdout")).ToContainTextAsync("begins");
        Assert.Equal("cancelled", (await Client.End(job.Id, Token)).Status);
    }

    [Fact]
    public async Task Job_ThatEndsWhileItIsWatched_IsShownWholeWithoutBeingLoadedAnew()
    {
        var job = await Client.Submit(new { language = "python", code = "import time\nprint('first', flush=True)\ntime.sleep(2)\nprint('last')\n{'answer': 42}" }, Token);
        await using var visit = await fixture.SignedIn();
        await visit.Open($"/dashboard/jobs/{job.Id}");
        await visit.Page.EvaluateAsync("window.loadedOnce = true");

        await Assertions.Expect(visit.Page.Locator("[data-part=state] .chip")).ToHaveTextAsync("succeeded", new() { Timeout = 30_000 });
        await Assertions.Expect(visit.Page.Locator("#stdout")).ToHaveTextAsync("first\nlast\n");
        Assert.Contains("\"answer\": 42", await visit.Page.Locator("#result").InnerTextAsync(), StringComparison.Ordinal);
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.loadedOnce === true"));
    }

    [Fact]
    public async Task Job_WhoseOutputIsHostile_IsTextAndHoldsNothingUp()
    {
        var code = $"import sys\nprint('''{Evil}''')\nprint('\\x1b[31mred\\x1b[0m\\x1b]0;title\\x07 end')\nopen('<b>.txt','w').write('kept')\nsys.stderr.write('x' * 900000)\n'''{Evil}'''";
        var job = await Client.Run(new { language = "python", code, artifacts = new[] { "*.txt" } }, Token);
        await using var visit = await fixture.SignedIn();
        await visit.Open($"/dashboard/jobs/{job.Id}");

        Assert.Equal($"{Evil}\nred end\n", await visit.Page.Locator("#stdout").TextContentAsync());
        Assert.InRange((await visit.Page.Locator("#stderr").TextContentAsync())!.Length, 1000, 100_000);
        Assert.Equal(0, await visit.Page.Locator("main img, pre script").CountAsync());
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.evil === undefined"));
        Assert.Equal("kept", await visit.Saved("<b>.txt", "_b_.txt"));
        Assert.Equal(900_000, (await visit.Saved("Save Standard error", $"{job.Id}.stderr.txt")).Length);
        await visit.Check("job-hostile");
    }

    [Fact]
    public async Task Flood_OfOutput_LeavesThePageQuick()
    {
        var job = await Client.Submit(new { language = "python", code = "import sys, time\nfor i in range(60):\n    sys.stdout.write('y' * 15000); sys.stdout.flush()\nprint('\\nthe end', flush=True)\ntime.sleep(600)" }, Token);
        await using var visit = await fixture.SignedIn();
        await visit.Open($"/dashboard/jobs/{job.Id}");

        await Assertions.Expect(visit.Page.Locator("#output")).ToContainTextAsync("the end", new() { Timeout = 30_000 });
        Assert.InRange((await visit.Page.Locator("#output").TextContentAsync())!.Length, 100_000, 300_000);
        await Client.Cancel(job.Id, Token);
    }

    [Fact]
    public async Task Lists_AreFilteredSearchedAndEmpty()
    {
        var job = await Client.Run(new { language = "bash", code = "exit 3", metadata = new Dictionary<string, string> { ["team"] = "list-of-red" } }, Token);
        await using var visit = await fixture.SignedIn();
        await visit.Open("/dashboard/jobs");
        await visit.Page.GetByLabel("State").SelectOptionAsync("failed");
        await visit.Page.GetByLabel("Id or label").FillAsync("team=list-of-red");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        Assert.Equal([job.Id], await visit.Page.Locator("tbody th code").AllInnerTextsAsync());
        await visit.Check("jobs");

        await visit.Page.GetByLabel("Id or label").FillAsync(job.Id);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        Assert.EndsWith($"/dashboard/jobs/{job.Id}", visit.Page.Url, StringComparison.Ordinal);
        Assert.Equal(400, (await visit.Page.GotoAsync("/dashboard/jobs?search=half"))!.Status);
        await visit.Check("jobs-wrong");
        await visit.Open("/dashboard/sessions?search=team%3Dnobody");
        Assert.Contains("No sessions like that", await visit.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_IsShownWithItsLog_AndStopped()
    {
        var service = await ServiceClient.Start(fixture.Server, Programs.Code("python", Programs.Python, health: new { path = "/", intervalSeconds = 0.2 }), Token);
        await using var visit = await fixture.SignedIn();
        await visit.Open("/dashboard/services");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = service.Id }).ClickAsync();

        await Assertions.Expect(visit.Page.Locator("#log")).ToContainTextAsync("listening");
        Assert.DoesNotContain(service.Token, await visit.Page.ContentAsync(), StringComparison.Ordinal);
        await visit.Check("service");
        await visit.Page.GetByText("Stop…").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-part=state]")).ToContainTextAsync("stopped");
    }

    [Fact]
    public async Task Workflow_IsDrawn_AndItsProgressIsSeen()
    {
        var workflows = new WorkflowClient(Client);
        var workflow = await workflows.Submit(
            new
            {
                name = "diamond & <b>more</b>",
                memory = new { begun = Evil },
                onFailure = "continue",
                steps = new object[]
                {
                    new { id = "fetch", job = new { language = "bash", code = "true" } },
                    new { id = "slow", dependsOn = new[] { "fetch" }, job = new { language = "bash", code = "sleep 600" } },
                    new { id = "fails", dependsOn = new[] { "fetch" }, job = new { language = "bash", code = "exit 4" } },
                    new { id = "join", dependsOn = new[] { "slow", "fails" }, job = new { language = "bash", code = "true" } },
                },
            },
            Token);
        await using var visit = await fixture.SignedIn();
        Assert.Equal("diamond & <b>more</b>", await visit.Open($"/dashboard/workflows/{workflow.Id}"));
        var graph = visit.Page.Locator(".graph");

        foreach (var (step, state) in new[] { ("fetch", "succeeded"), ("slow", "running"), ("fails", "failed"), ("join", "pending") })
            await Assertions.Expect(graph.Locator(".node", new() { HasText = step }).Locator(".node-state")).ToHaveTextAsync(state, new() { Timeout = 30_000 });
        Assert.Equal(4, await graph.Locator(".edge").CountAsync());
        await visit.Check("workflow");
        await visit.Page.GetByText("Cancel…").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-part=state]")).ToContainTextAsync("cancelled", new() { Timeout = 30_000 });
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "begun" }).ClickAsync();
        Assert.Contains("<img src=x", await visit.Page.Locator("#value").InnerTextAsync(), StringComparison.Ordinal);
        await visit.Check("workflow-memory");
    }
}
