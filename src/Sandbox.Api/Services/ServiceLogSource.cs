using System.Globalization;
using Sandbox.Api.Output;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Services;

/// <summary>
/// What a service's program prints, attempt after attempt, in one stream: an event's id is the attempt and its place there. Ends with
/// the service.
/// </summary>
internal sealed class ServiceLogSource(IServiceGrain grain, Caller caller, ServiceLogPage first, long after) : IEventSource
{
    private ServiceLogPage? _first = first;
    private int _attempt = first.Attempt;
    private long _after = after;

    /// <summary>The place after which a stream goes on; the beginning where there is no text.</summary>
    public static bool TryParse(string? text, out int attempt, out long after)
    {
        (attempt, after) = (1, 0);
        if (text is null)
            return true;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out attempt) && attempt > 0
            && long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out after);
    }

    public async ValueTask<EventBatch?> Read(TimeSpan wait, CancellationToken cancellationToken)
    {
        var read = _first ?? (await grain.ReadLogEvents(caller, _attempt, _after, wait, cancellationToken)).Value;
        _first = null;
        if (read is null)
            return null;
        var (attempt, page) = (read.Attempt, read.Page);
        if (page.Events.Count > 0)
            _after = page.Events[^1].Id;
        // The end of one attempt is not that of the stream.
        if (page.Ended && !read.Last)
            (_attempt, _after) = (attempt + 1, 0);
        return new EventBatch([.. page.Events.Where(item => item.Kind != OutputEventKinds.End || read.Last).Select(item => ToEvent(attempt, item))], read.Last);
    }

    private static StreamedEvent ToEvent(int attempt, OutputEvent item) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{attempt}.{item.Id}"), item.Kind, item.Data);
}
