namespace Sandbox.Cli.Client;

/// <summary>A failure of Sandbox or of its use, whose message is for the person at the terminal.</summary>
internal class CliException(string message) : Exception(message);

/// <summary>An answer of the server other than 2xx.</summary>
internal sealed class ApiException(int status, string message, TimeSpan? retryAfter = null) : CliException(message)
{
    public int Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
