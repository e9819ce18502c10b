using Sandbox.EndToEnd.Tests.Kills;

namespace Sandbox.EndToEnd.Tests.Workflows;

/// <summary>The server is killed in the middle of a graph at moments that nobody chose, and a successor goes on with it.</summary>
public sealed class WorkflowKillTests
{
    private const int Layers = 6;
    private const int Width = 5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_InTheMiddleOfAGraph_RunsEveryStepOnce()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        for (var round = 0; round < KillRounds.Count; round++)
        {
            var workflows = new WorkflowClient(server.Client);
            var id = (await workflows.Submit(new { steps = Steps() }, Token, $"round-{round}")).Id;
            // Twice, the second time while the successor has hardly begun.
            foreach (var enough in new[] { Random.Shared.Next(0, Layers * Width), 0 })
            {
                await Eventually.True(async () => (await new WorkflowClient(server.Client).Get(id, Token)).Steps.Count(step => step.Status == "succeeded") >= enough, "steps end", Token);
                await Task.Delay(Random.Shared.Next(0, 100), Token);
                await server.Kill(Token);
                server = await SandboxServer.Start(data, Token);
            }

            workflows = new WorkflowClient(server.Client);
            await AssertEachRanOnce(server.Client, await workflows.End(id, Token));
            Assert.Equal(id, (await workflows.Submit(new { steps = Steps() }, Token, $"round-{round}")).Id);
        }

        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    // Each step prints a number of its own, and then all that the steps before it have printed, as it was given that.
    private static IEnumerable<object> Steps()
    {
        for (var layer = 0; layer < Layers; layer++)
        {
            for (var place = 0; place < Width; place++)
            {
                var before = Before((layer * Width) + place).ToArray();
                yield return new
                {
                    id = $"s{layer}-{place}",
                    dependsOn = before,
                    job = new
                    {
                        language = place % 2 == 0 ? "bash" : "python",
                        code = place % 2 == 0
                            ? "echo own $(od -An -N8 -tx1 /dev/urandom | tr -d ' '); cat"
                            : "import os, sys\nprint('own', os.urandom(8).hex())\nprint(sys.stdin.read(), end='')",
                        stdin = string.Concat(before.Select(name => $"{name} ${{steps.{name}.stdout}}")),
                    },
                };
            }
        }
    }

    private static string[] Before(int index) => index < Width
        ? []
        : [$"s{(index / Width) - 1}-{index % Width}", $"s{(index / Width) - 1}-{(index + 1) % Width}"];

    private static async Task AssertEachRanOnce(SandboxClient client, Workflow workflow)
    {
        Assert.True(workflow.Status == "succeeded", $"{workflow.Status} {workflow.Cause}: {workflow.Shown}");
        var printed = new Dictionary<string, string>();
        foreach (var (index, step) in workflow.Steps.Index())
        {
            var job = await client.Get(step.JobId!, Token);
            Assert.Equal((1, 1, "succeeded"), (step.Attempts, job.Attempts, job.Status));
            var own = job.Stdout!.Split('\n')[0];
            Assert.Matches("^own [0-9a-f]{16}$", own);
            Assert.DoesNotContain(own, printed.Values);
            // What the steps after it were given is what it has printed in its only run.
            Assert.Equal(own + "\n" + string.Concat(Before(index).Select(name => $"{name} {printed[name]}\n")), job.Stdout);
            printed[step.Id] = job.Stdout[..^1];
        }

        // One job for each step: nothing ran under another id.
        Assert.Equal(Layers * Width, (await client.List($"metadata.workflow={workflow.Id}&limit=1000", Token)).Items.Count);
    }
}
