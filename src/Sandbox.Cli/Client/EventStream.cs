using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace Sandbox.Cli.Client;

/// <summary>One event of a job or step, as it came.</summary>
internal readonly record struct ServerEvent(string Id, string Kind, byte[] Data);

/// <summary>
/// The events of a job or step to its end. A broken connection is taken up after the last event that was handed out, so that
/// no event is lost or seen twice.
/// </summary>
/// <param name="open">Connects, for the events after an id.</param>
/// <param name="time">The clock of the pauses between attempts.</param>
/// <param name="afterLoss">What the person is told when there is no connection any more.</param>
internal sealed class EventStream(
    Func<string?, CancellationToken, Task<HttpResponseMessage>> open, TimeProvider time, string afterLoss)
{
    private const string EndKind = "end";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public async IAsyncEnumerable<ServerEvent> Read([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? last = null;
        var lastNews = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            await using var events = Connect(last, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await MoveNext(events, cancellationToken))
            {
                var current = events.Current;
                if (!IsAfter(current.Id, last))
                    continue;
                last = current.Id;
                lastNews = time.GetTimestamp();
                attempt = 0;
                yield return current;
                if (current.Kind == EndKind)
                    yield break;
            }

            if (time.GetElapsedTime(lastNews) > s_patience && attempt > 1)
                throw new CliException($"the connection to the server was lost. {afterLoss}");
            await Task.Delay(Retry.Delay(attempt + 1), time, cancellationToken);
        }
    }

    /// <summary>Advances; false at the end of this connection, in good order or not.</summary>
    private static async Task<bool> MoveNext(IAsyncEnumerator<ServerEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (ApiException e) when (Retry.IsPassing(e.Status))
        {
            return false;
        }
        catch (Exception e) when (Retry.IsLostConnection(e, cancellationToken))
        {
            return false;
        }
    }

    private async IAsyncEnumerable<ServerEvent> Connect(
        string? last,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await open(last, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var parser = SseParser.Create(body, static (_, data) => data.ToArray());
        await foreach (var item in parser.EnumerateAsync(cancellationToken))
        {
            // Without an id of its own it is no event of the job's: a comment or a keep-alive.
            if (!string.IsNullOrEmpty(item.EventId))
                yield return new ServerEvent(item.EventId, item.EventType, item.Data);
        }
    }

    private static bool IsAfter(string id, string? last) =>
        last is null
        || !long.TryParse(id, CultureInfo.InvariantCulture, out var number)
        || !long.TryParse(last, CultureInfo.InvariantCulture, out var lastNumber)
        || number > lastNumber;
}
