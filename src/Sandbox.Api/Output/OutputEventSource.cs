using System.Globalization;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Api.Output;

/// <summary>The events of one job or step.</summary>
/// <param name="read">Reads them.</param>
/// <param name="first">What was read before the stream began.</param>
/// <param name="after">The last event that the client has.</param>
internal sealed class OutputEventSource(OutputEventSource.Reader read, OutputEventPage first, long after) : IEventSource
{
    private OutputEventPage? _first = first;
    private long _last = after;

    /// <summary>Reads events above an id, waiting for the first.</summary>
    public delegate Task<Reply<OutputEventPage>> Reader(long after, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>A stream of the events after an id. Before it begins, a refusal can still be told as one.</summary>
    public static async Task<Reply<EventStream>> Open(Reader read, long after, CancellationToken cancellationToken)
    {
        var first = await read(after, TimeSpan.Zero, cancellationToken);
        return first.Value is { } page ? new EventStream(new OutputEventSource(read, page, after)) : first.Refusal!;
    }

    public async ValueTask<EventBatch?> Read(TimeSpan wait, CancellationToken cancellationToken)
    {
        var page = _first ?? (await read(_last, wait, cancellationToken)).Value;
        _first = null;
        if (page is null)
            return null;
        if (page.Events.Count > 0)
            _last = page.Events[^1].Id;
        return new EventBatch(
            [.. page.Events.Select(item => new StreamedEvent(item.Id.ToString(CultureInfo.InvariantCulture), item.Kind, item.Data))], page.Ended);
    }
}
