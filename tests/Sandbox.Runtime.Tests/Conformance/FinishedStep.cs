using System.Text;
using System.Text.Json.Nodes;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>A step read to its end.</summary>
/// <param name="Result">How it ended; null where its sandbox died under it.</param>
/// <param name="Stdout">All of standard output.</param>
/// <param name="Stderr">All of standard error.</param>
/// <param name="Rich">Lines of rich output.</param>
internal sealed record FinishedStep(ExecResult? Result, byte[] Stdout, byte[] Stderr, IReadOnlyList<JsonNode> Rich)
{
    public string Text => Encoding.UTF8.GetString(Stdout);

    public string ErrorText => Encoding.UTF8.GetString(Stderr);

    public override string ToString() =>
        $"{Result?.ToString() ?? "lost"}\nstdout: {Text}\nstderr: {ErrorText}\nrich: {string.Join('\n', Rich.Select(line => line.ToJsonString()))}";

    /// <summary>The only line of a type.</summary>
    public JsonNode Only(string type) => Rich.Single(line => (string?)line["type"] == type);

    /// <summary>Runs a step to its end.</summary>
    public static async Task<FinishedStep> Run(
        SandboxHandle sandbox, string code, string kernel = KernelStarter.KernelId, double wallSeconds = 60, byte[]? stdin = null)
    {
        await using var exec = await Begin(sandbox, Guid.NewGuid().ToString("n"), code, kernel, wallSeconds, stdin);
        return await Read(exec, _ => Task.CompletedTask);
    }

    /// <summary>Begins a step.</summary>
    public static Task<IAgentExec> Begin(
        SandboxHandle sandbox, string id, string code, string kernel = KernelStarter.KernelId, double wallSeconds = 60, byte[]? stdin = null)
    {
        var limits = new ExecLimits(wallSeconds, 16 << 20);
        var start = new ExecStart(kernel, [], new Dictionary<string, string>(), SandboxEnvironment.Workspace, limits, KillAllOnExit: false, Step: true);
        return sandbox.Agent.Exec(new ExecRequest(id, 0, start), Encoding.UTF8.GetBytes(code), stdin ?? [], TestContext.Current.CancellationToken);
    }

    /// <summary>Reads a step to its end, acknowledging as it goes.</summary>
    /// <param name="exec">The step.</param>
    /// <param name="onFirstOutput">Done once, when the first output has come: the step has begun.</param>
    public static async Task<FinishedStep> Read(IAgentExec exec, Func<long, Task> onFirstOutput)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using MemoryStream stdout = new(), stderr = new(), rich = new();
        var begun = false;
        ExecResult? result = null;
        try
        {
            await foreach (var output in exec.Output(cancellationToken))
            {
                (output.Stream switch { OutputStream.Stdout => stdout, OutputStream.Stderr => stderr, _ => rich }).Write(output.Data.Span);
                await exec.Acknowledge(output.Sequence, cancellationToken);
                if (!begun)
                    await onFirstOutput(output.Sequence);
                begun = true;
            }

            result = await exec.Result;
        }
        catch (AgentConnectionException)
        {
            // The sandbox is gone, and the result says so.
        }

        var lines = Encoding.UTF8.GetString(rich.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new FinishedStep(result, stdout.ToArray(), stderr.ToArray(), [.. lines.Select(line => JsonNode.Parse(line)!)]);
    }
}
