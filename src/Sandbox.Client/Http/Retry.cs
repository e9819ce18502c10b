using System.Net.Sockets;

namespace Sandbox.Client;

/// <summary>Repeats calls that failed for a reason that passes: a lost connection, a restart, a full queue.</summary>
/// <param name="options">How often, and with what pauses.</param>
/// <param name="server">Where the server is, for messages.</param>
internal sealed class Retry(SandboxClientOptions options, Uri server)
{
    private const int TooManyRequests = 429;
    private const string QuotaExceeded = "quota_exceeded";

    /// <summary>Makes attempts until one succeeds or the reason does not pass.</summary>
    /// <param name="call">One attempt.</param>
    /// <param name="request">What each attempt sends. One that does harm when it is carried out twice is repeated only where it certainly was not carried out.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    public async Task<T> Run<T>(Func<CancellationToken, Task<T>> call, ApiRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? asked = null;
            try
            {
                return await call(cancellationToken).ConfigureAwait(false);
            }
            catch (SandboxException e) when (attempt <= options.MaxRetries && MayPass(e, request))
            {
                asked = e.RetryAfter;
                request.MayBeDone |= e.Status != TooManyRequests;
            }
            catch (Exception e) when (IsLostConnection(e, cancellationToken))
            {
                var (refused, repeatable) = (IsRefused(e), request.IsRepeatable);
                if (attempt > options.MaxRetries || (refused ? !options.WaitForServer : !repeatable))
                    throw refused || repeatable ? Unreachable(e) : Lost(e);
                request.MayBeDone |= !refused;
            }

            await Task.Delay(Pause(attempt, asked), options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Exponential back-off, of which a random half is left out so that clients do not come all at once.</summary>
    public TimeSpan Pause(int attempt)
    {
        var whole = options.FirstPause * Math.Pow(2, Math.Min(attempt, 16) - 1);
        var capped = whole < options.LongestPause ? whole : options.LongestPause;
        return capped * (0.5 + (options.Random() / 2));
    }

    /// <summary>The pause before the next attempt, no shorter than the server asks.</summary>
    /// <param name="attempt">Number of the attempt that failed.</param>
    /// <param name="asked">What the server asks for; null for nothing.</param>
    public TimeSpan Pause(int attempt, TimeSpan? asked)
    {
        // A server that wants to be left alone for longer than anybody waits is not asked again.
        if (asked > options.LongestPause)
            asked = options.LongestPause;
        var pause = Pause(attempt);
        return asked > pause ? asked.Value : pause;
    }

    // A full store stays full for longer than anybody waits, and what is to be stored would be sent each time.
    private static bool MayPass(SandboxException e, ApiRequest request) =>
        request.CanBeSentAgain
        && !(request.IsTransfer && e.Code == QuotaExceeded)
        && (request.IsRepeatable ? IsPassing(e) : e.Status == TooManyRequests);

    public static bool IsPassing(SandboxException e) =>
        e.Status is TooManyRequests or 502 or 503 or 504 || e.Failure is SandboxFailure.Unreachable or SandboxFailure.ConnectionLost;

    /// <summary>True for a broken or silent connection, false when the caller itself gave up.</summary>
    public static bool IsLostConnection(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    // Nobody listens, or there is no such name: the request has not left this machine.
    public static bool IsRefused(Exception exception) =>
        exception is HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound } };

    public SandboxException Unreachable(Exception e) => new(
        SandboxFailure.Unreachable, $"No server answers at {server.GetLeftPart(UriPartial.Authority)} ({(e.InnerException ?? e).Message}).", e);

    private static SandboxException Lost(Exception e) => new(
        SandboxFailure.ConnectionLost, "The connection broke off before the server had answered; it may have carried the request out.", e);
}
