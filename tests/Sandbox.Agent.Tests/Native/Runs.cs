using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

/// <summary>What came of an execution.</summary>
internal sealed record Run(ExecResult Result, byte[] Stdout, byte[] Stderr, string? Value)
{
    public string Out => Encoding.UTF8.GetString(Stdout);

    public string Error => Encoding.UTF8.GetString(Stderr);

    /// <summary>Lines of rich output.</summary>
    public IReadOnlyList<string> Rich { get; init; } = [];
}

/// <summary>Runs things to their end.</summary>
internal static class Runs
{
    private static int next;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static string NewId() => $"exec-{Interlocked.Increment(ref next)}";

    public static ExecStart Shell(string script, double wall = 60, long output = 1 << 20, bool killAll = true) =>
        new(null, ["bash", "-c", script], AgentBox.Env, "/workspace", new ExecLimits(wall, output), killAll);

    public static ExecStart OnKernel(string kernel, params string[] args) =>
        new(kernel, args, new Dictionary<string, string>(), "/workspace", new ExecLimits(60, 1 << 20), true);

    public static async Task<Run> RunShell(this AgentClient client, string script, string input = "", double wall = 60, long output = 1 << 20, bool killAll = true) =>
        await client.Run(Shell(script, wall, output, killAll), stdin: Encoding.UTF8.GetBytes(input));

    public static async Task<Run> Run(this AgentClient client, ExecStart start, byte[]? code = null, byte[]? stdin = null)
    {
        await using IAgentExec exec = await client.Exec(new ExecRequest(NewId(), 0, start), code, stdin, Cancellation);
        return await exec.ToEnd();
    }

    /// <summary>Reads and acknowledges everything.</summary>
    public static async Task<Run> ToEnd(this IAgentExec exec)
    {
        using MemoryStream stdout = new(), stderr = new(), rich = new();
        string? value = null;
        await foreach (AgentOutput output in exec.Output(Cancellation))
        {
            if (output.Stream == OutputStream.Result)
                value = Encoding.UTF8.GetString(output.Data.Span);
            else
                (output.Stream switch { OutputStream.Stdout => stdout, OutputStream.Stderr => stderr, _ => rich }).Write(output.Data.Span);
            await exec.Acknowledge(output.Sequence, Cancellation);
        }

        string[] lines = Encoding.UTF8.GetString(rich.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new Run(await exec.Result, stdout.ToArray(), stderr.ToArray(), value) { Rich = lines };
    }
}
