using System.Text;
using System.Text.Json.Nodes;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

/// <summary>A sandbox with a kernel that runs step after step.</summary>
internal sealed class StepSession : IAsyncDisposable
{
    public const string Kernel = "k";

    private StepSession(AgentBox box, AgentClient client)
    {
        Box = box;
        Client = client;
    }

    public AgentBox Box { get; }

    public AgentClient Client { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<StepSession> Start(AgentBinary binary, string language)
    {
        AgentBox box = await AgentBox.Start(binary);
        AgentClient client = await box.Connect();
        await client.StartKernel(KernelTests.Start(language, Kernel), Cancellation);
        return new StepSession(box, client);
    }

    public static ExecStart Step(double wall = 60, long output = 16 << 20, Dictionary<string, string>? env = null) =>
        new(Kernel, [], env ?? [], "/workspace", new ExecLimits(wall, output), KillAllOnExit: false, Step: true);

    /// <summary>Runs a step to its end.</summary>
    public async Task<Run> Run(string code, string stdin = "", double wall = 60, long output = 16 << 20, Dictionary<string, string>? env = null)
    {
        await using IAgentExec exec = await Begin(Runs.NewId(), code, stdin, Step(wall, output, env));
        return await exec.ToEnd();
    }

    /// <summary>Begins a step.</summary>
    public Task<IAgentExec> Begin(string id, string code, string stdin = "", ExecStart? start = null) => Client.Exec(
        new ExecRequest(id, 0, start ?? Step()), Encoding.UTF8.GetBytes(code), Encoding.UTF8.GetBytes(stdin), Cancellation);

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Box.DisposeAsync();
    }
}

/// <summary>Reads rich output.</summary>
internal static class RichLines
{
    /// <summary>The only line of a type.</summary>
    public static JsonNode Only(this Run run, string type) =>
        run.Rich.Select(line => JsonNode.Parse(line)!).Single(line => (string?)line["type"] == type);

    /// <summary>The result's text, or null.</summary>
    public static string? ResultText(this Run run) => run.Rich.Select(line => JsonNode.Parse(line)!)
        .Where(line => (string?)line["type"] == "result").Select(line => (string?)line["data"]!["text/plain"]).SingleOrDefault();
}
