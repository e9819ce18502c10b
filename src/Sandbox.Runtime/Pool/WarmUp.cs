using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;

namespace Sandbox.Runtime.Pool;

/// <summary>
/// A first execution that does nothing, so that the first one that somebody waits for is not the first. It pays under
/// gVisor, whose kernel fetches each page of the agent's program when it is first run.
/// </summary>
internal static class WarmUp
{
    private const string ExecId = "warm-up";

    private static readonly ExecStart Start = new(
        Kernel: null, ["/bin/echo"], SandboxEnvironment.With(new Dictionary<string, string>()), "/", new ExecLimits(WallSeconds: 30, OutputBytes: 1024), KillAllOnExit: false);

    /// <summary>Runs it to its end.</summary>
    public static Task Run(IAgentClient agent, CancellationToken cancellationToken) => ProgramRun.ToEnd(agent, ExecId, Start, cancellationToken);
}
