using System.Security.Cryptography;
using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>An execution read to its end.</summary>
/// <param name="Result">How it ended; null where its sandbox died under it.</param>
/// <param name="Stdout">The first bytes of standard output.</param>
/// <param name="Stderr">The first bytes of standard error.</param>
/// <param name="Value">JSON of the last expression.</param>
/// <param name="StdoutHash">SHA-256 of all of standard output, in hexadecimal.</param>
internal sealed record FinishedRun(ExecResult? Result, byte[] Stdout, byte[] Stderr, string? Value, string StdoutHash)
{
    private const int Kept = 1 << 20;

    public string Text => Encoding.UTF8.GetString(Stdout);

    public string ErrorText => Encoding.UTF8.GetString(Stderr);

    public override string ToString() => $"{Result?.ToString() ?? "lost"}\nstdout: {Text}\nstderr: {ErrorText}";

    /// <summary>Starts a program and reads it to its end.</summary>
    public static Task<FinishedRun> Command(SandboxHandle sandbox, IReadOnlyList<string> argv, ExecLimits? limits = null, byte[]? stdin = null, bool killAll = true) =>
        Run(sandbox, Start(null, argv, limits) with { KillAllOnExit = killAll }, "", stdin);

    /// <summary>Starts a language's kernel, gives it code and reads to the end.</summary>
    public static async Task<FinishedRun> Code(
        TestNode node, SandboxHandle sandbox, string language, string code, IReadOnlyList<string>? arguments = null, ExecLimits? limits = null, byte[]? stdin = null)
    {
        await node.Kernels.Start(sandbox, language, TestContext.Current.CancellationToken);
        return await Run(sandbox, Start(KernelStarter.KernelId, arguments ?? [], limits), code, stdin);
    }

    /// <summary>Reads an execution to its end, acknowledging as it goes.</summary>
    public static async Task<FinishedRun> Read(IAgentExec exec, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (stdout, stderr, value) = (new MemoryStream(), new MemoryStream(), (string?)null);
        try
        {
            await foreach (var output in exec.Output(cancellationToken))
            {
                if (output.Stream == OutputStream.Stdout)
                    hash.AppendData(output.Data.Span);
                if (output.Stream == OutputStream.Result)
                    value = Encoding.UTF8.GetString(output.Data.Span);
                else
                    Keep(output.Stream == OutputStream.Stdout ? stdout : stderr, output.Data.Span);
                await exec.Acknowledge(output.Sequence, cancellationToken);
            }

            return new FinishedRun(await exec.Result, stdout.ToArray(), stderr.ToArray(), value, Convert.ToHexStringLower(hash.GetCurrentHash()));
        }
        catch (AgentConnectionException)
        {
            return new FinishedRun(null, stdout.ToArray(), stderr.ToArray(), value, string.Empty);
        }
    }

    /// <summary>What starts an execution.</summary>
    public static ExecStart Start(string? kernel, IReadOnlyList<string> argv, ExecLimits? limits = null) => new(
        kernel, argv, kernel is null ? SandboxEnvironment.With(new Dictionary<string, string>()) : new Dictionary<string, string>(),
        SandboxEnvironment.Workspace, limits ?? new ExecLimits(60, 1 << 20), KillAllOnExit: true);

    private static async Task<FinishedRun> Run(SandboxHandle sandbox, ExecStart start, string code, byte[]? stdin)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var request = new ExecRequest(Guid.NewGuid().ToString("n"), 0, start);
        await using var exec = await sandbox.Agent.Exec(request, Encoding.UTF8.GetBytes(code), stdin ?? [], cancellationToken);
        return await Read(exec, cancellationToken);
    }

    private static void Keep(MemoryStream kept, ReadOnlySpan<byte> data)
    {
        if (kept.Length < Kept)
            kept.Write(data);
    }
}
