using System.Diagnostics;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Workflows;

/// <summary>The examples of the repository, run as their readers do: by the command line.</summary>
public sealed class ExampleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Examples_OfWorkflows_Run()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);

        var (exit, output) = await CommandLine.Run(data, Token, "workflow", "run", Example("pipeline.yaml"), "--json");
        Assert.True(exit == 0, output);
        var pipeline = JsonDocument.Parse(output).RootElement;
        var steps = pipeline.GetProperty("steps").EnumerateArray().ToDictionary(step => step.GetProperty("id").GetString()!);
        Assert.Equal("skipped", steps["complain"].GetProperty("status").GetString());
        Assert.Equal(["collector", "analyst", "writer"], new[] { "collect", "analyse", "report" }.Select(step => steps[step].GetProperty("agentId").GetString()));
        var id = pipeline.GetProperty("id").GetString()!;
        var (_, report) = await CommandLine.Run(data, Token, "workflow", "memory", "get", id, "report");
        Assert.Matches("^\"[0-9]+ sold, [0-9.]+ a day\"\n$", report);
        var (_, keys) = await CommandLine.Run(data, Token, "workflow", "memory", "ls", id);
        Assert.Contains("summary", keys, StringComparison.Ordinal);

        var (reduced, shown) = await CommandLine.Run(data, Token, "workflow", "run", Example("map-reduce.yaml"), "--watch");
        Assert.Matches("^wfl_[a-z0-9]+ succeeded\n$", shown);
        Assert.Equal(0, reduced);
        var (_, jobs) = await CommandLine.Run(data, Token, "jobs", "ls", "--metadata", "workflow_step=reduce", "--json");
        var job = JsonDocument.Parse(jobs).RootElement.GetProperty("items")[0].GetProperty("id").GetString()!;
        // There are so many.
        Assert.Equal("9592 primes below 100000\n", (await server.Client.Get(job, Token)).Stdout);
    }

    private static string Example(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sandbox.sln")))
            folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? throw new UnreachableException(), "examples", "workflows", name);
    }
}
