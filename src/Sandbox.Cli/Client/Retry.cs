using System.Net.Sockets;

namespace Sandbox.Cli.Client;

/// <summary>Repeats calls that failed for a reason that passes: a lost connection, a restart, a full queue.</summary>
internal sealed class Retry(TimeProvider time)
{
    private const int Attempts = 6;
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(10);

    /// <param name="call">One attempt; safe to repeat.</param>
    /// <param name="unreachable">Makes the error for a server that cannot be reached at all.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    public async Task<HttpResponseMessage> Run(
        Func<Task<HttpResponseMessage>> call,
        Func<Exception, CliException> unreachable,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var delay = Delay(attempt);
            try
            {
                return await call();
            }
            catch (ApiException e) when (IsPassing(e.Status) && attempt < Attempts)
            {
                delay = e.RetryAfter is { } asked && asked > delay ? Min(asked, s_longestDelay) : delay;
            }
            catch (Exception e) when (IsLostConnection(e, cancellationToken))
            {
                // Nobody listens: waiting a little does not change that, and the person waits for the answer.
                if (attempt == Attempts || IsRefused(e))
                    throw unreachable(e.InnerException ?? e);
            }

            await Task.Delay(delay, time, cancellationToken);
        }
    }

    public static bool IsPassing(int status) => status is 429 or 502 or 503 or 504;

    /// <summary>True for a broken or silent connection, false when the caller itself gave up.</summary>
    public static bool IsLostConnection(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>Exponential back-off: 100 ms, 200 ms, … up to 10 s.</summary>
    public static TimeSpan Delay(int attempt) => Min(s_firstDelay * Math.Pow(2, Math.Min(attempt, 10) - 1), s_longestDelay);

    /// <summary>True where nobody listens.</summary>
    public static bool IsRefused(Exception exception) =>
        exception is HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound } };

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
