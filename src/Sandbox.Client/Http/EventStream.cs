using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace Sandbox.Client;

/// <summary>One event as it came.</summary>
internal readonly record struct ServerEvent(string Id, string Kind, byte[] Data);

/// <summary>
/// Events to their end. A broken connection is taken up after the last event that was handed out, so that no event is lost or
/// seen twice.
/// </summary>
/// <param name="open">Connects, for the events after an id.</param>
/// <param name="options">The clock, and how long it is tried.</param>
/// <param name="retry">The pauses between attempts.</param>
/// <param name="after">Id of the last event that is known.</param>
internal sealed class EventStream(
    Func<string?, CancellationToken, Task<HttpResponseMessage>> open, SandboxClientOptions options, Retry retry, string? after)
{
    private const string EndKind = "end";

    // A connection that held for so long was a good one: what follows it begins a new count.
    private static readonly TimeSpan s_held = TimeSpan.FromSeconds(5);

    // The server says at least every 15 seconds that it is there.
    private static readonly TimeSpan s_longestSilence = TimeSpan.FromMinutes(1);

    private bool _wasOpen;
    private bool _seemsOver;
    private Exception? _failure;

    /// <summary>Where the stream begins, as the server says of one without an id to go on after.</summary>
    public string? Start { get; private set; }

    /// <summary>Name of the header that says where a stream begins.</summary>
    public string? StartHeader { get; set; }

    /// <summary>How long a connection may be silent before it is given up.</summary>
    public TimeSpan LongestSilence { get; set; } = s_longestSilence;

    /// <summary>Asks whether what the events tell of has ended; null where it has no end.</summary>
    public Func<CancellationToken, Task<bool>>? HasEnded { get; set; }

    public async IAsyncEnumerable<ServerEvent> Read([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = after;
        var lastNews = options.TimeProvider.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var (began, hasNews) = (options.TimeProvider.GetTimestamp(), false);
            _failure = null;
            var events = Connect(last ?? Start, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (events.ConfigureAwait(false))
            {
                while (await MoveNext(events, cancellationToken).ConfigureAwait(false))
                {
                    var current = events.Current;
                    if (!IsAfter(current.Id, last))
                        continue;
                    if (current.Id.Length > 0)
                        last = current.Id;
                    (lastNews, attempt, hasNews) = (options.TimeProvider.GetTimestamp(), 0, true);
                    yield return current;
                    if (current.Kind == EndKind)
                        yield break;
                }
            }

            if (await IsOver(hasNews, cancellationToken).ConfigureAwait(false))
                yield break;
            if (options.TimeProvider.GetElapsedTime(began) > s_held)
                (lastNews, attempt) = (options.TimeProvider.GetTimestamp(), 0);
            if (options.TimeProvider.GetElapsedTime(lastNews) > options.StreamPatience && attempt > 1)
                throw new SandboxException(SandboxFailure.ConnectionLost, "The connection to the server was lost.", _failure);
            await Task.Delay(retry.Pause(attempt + 1, (_failure as SandboxException)?.RetryAfter), options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether nothing is left to come: after the last event a server answers well and with nothing. One that stops may do so as well,
    /// and the end may come in between: so it is over where it had ended before an answer without news.
    /// </summary>
    private async Task<bool> IsOver(bool hasNews, CancellationToken cancellationToken)
    {
        if (hasNews || _failure is not null || HasEnded is null)
            return _seemsOver = false;
        if (_seemsOver)
            return true;
        try
        {
            _seemsOver = await HasEnded(cancellationToken).ConfigureAwait(false);
        }
        catch (SandboxException e) when (Retry.IsPassing(e))
        {
            _failure = e;
        }

        return false;
    }

    /// <summary>Advances; false at the end of this connection, in good order or not.</summary>
    private async Task<bool> MoveNext(IAsyncEnumerator<ServerEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (SandboxException e) when (Retry.IsPassing(e))
        {
            _failure = e;
            return false;
        }
        catch (Exception e) when (Retry.IsLostConnection(e, cancellationToken))
        {
            if (!_wasOpen && !options.WaitForServer && Retry.IsRefused(e))
                throw retry.Unreachable(e);
            _failure = e;
            return false;
        }
    }

    private async IAsyncEnumerable<ServerEvent> Connect(string? last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await open(last, cancellationToken).ConfigureAwait(false);
        _wasOpen = true;
        if (StartHeader is not null && response.Headers.TryGetValues(StartHeader, out var places))
            Start ??= places.First();
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var heard = new HeardStream(body, LongestSilence, options.TimeProvider);
        await using (heard.ConfigureAwait(false))
        {
            var parser = SseParser.Create(heard, static (_, data) => data.ToArray());
            await foreach (var item in parser.EnumerateAsync(cancellationToken).ConfigureAwait(false))
                yield return new ServerEvent(item.EventId ?? string.Empty, item.EventType, item.Data);
        }
    }

    // What has no id of its own tells how things are, and cannot be told twice.
    private static bool IsAfter(string id, string? last) =>
        last is null
        || !long.TryParse(id, CultureInfo.InvariantCulture, out var number)
        || !long.TryParse(last, CultureInfo.InvariantCulture, out var lastNumber)
        || number > lastNumber;
}
