using Sandbox.Cli.Output;

namespace Sandbox.Cli.Client;

/// <summary>A failure of Sandbox or of its use, whose message is for the person at the terminal.</summary>
internal class CliException(string message) : Exception(message)
{
    /// <summary>What the command exits with.</summary>
    public virtual int ExitCode => ExitCodes.SandboxFailed;
}

/// <summary>An answer of the server other than 2xx.</summary>
internal sealed class ApiException(int status, string message, TimeSpan? retryAfter = null) : CliException(message)
{
    private const int Gone = 410;

    public int Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    public override int ExitCode => Status == Gone ? ExitCodes.SessionEnded : base.ExitCode;
}
