using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;

namespace Sandbox.Runtime.Templates;

/// <summary>Runs a template's start command in a new sandbox, to its end. What it leaves running goes on.</summary>
internal static class StartCommand
{
    private const string ExecId = "template-start";
    private const int MaxSeconds = 30;
    private const int MaxOutputBytes = 64 * 1024;
    private const int MaxToldBytes = 1024;

    /// <exception cref="TemplateContentException">It failed; the end of what it said is in the message.</exception>
    public static async Task Run(SandboxHandle sandbox, SandboxTemplate template, CancellationToken cancellationToken)
    {
        if (template.StartCommand.Count == 0)
            return;
        var start = new ExecStart(
            Kernel: null,
            template.StartCommand,
            SandboxEnvironment.With(template.Env),
            SandboxEnvironment.Workspace,
            new ExecLimits(MaxSeconds, MaxOutputBytes),
            KillAllOnExit: false);
        var (result, output) = await ProgramRun.ToEnd(sandbox.Agent, ExecId, start, cancellationToken);
        if (result is not { EndedBy: ExecEnd.Program, ExitCode: 0 })
            throw new TemplateContentException($"The start command failed ({Reason(result)}): {Last(output)}");
    }

    private static string Reason(ExecResult result) => result.StartError is not null ? "it was not started"
        : result.EndedBy == ExecEnd.Program && result.ExitCode is { } code ? $"exit code {code}"
        : result.EndedBy.ToString();

    private static string Last(byte[] output) =>
        Encoding.UTF8.GetString(output.AsSpan(Math.Max(0, output.Length - MaxToldBytes))).Trim();
}
