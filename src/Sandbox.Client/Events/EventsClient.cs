using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Sandbox.Client;

/// <summary>What starts, changes its state and ends in the tenant, oldest first.</summary>
public sealed class EventsClient
{
    private const string Path = "v1/events";

    private readonly Transport _transport;

    internal EventsClient(Transport transport) => _transport = transport;

    /// <summary>Events that have happened.</summary>
    /// <param name="types">Only these, such as job.ended,session.*; null for all.</param>
    /// <param name="after">Id of the last event that is known; null for all that are kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<LifecycleEvent> ListAsync(
        string? types = null, string? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // The server's default as well; said, so that where it stands is known from the beginning.
        after ??= "0";
        while (true)
        {
            var request = new ApiRequest(HttpMethod.Get, PathOf(types, after)) { Accept = "application/json" };
            var page = (await _transport.Call(request, ClientJson.Default.PageJsonElement, cancellationToken).ConfigureAwait(false)).Value;
            foreach (var item in page.Items)
                yield return Read(item);
            if (page.NextCursor is null || page.NextCursor == after)
                yield break;
            after = page.NextCursor;
        }
    }

    /// <summary>Events as they happen, from now on or after one that is known, without loss or repetition, without an end.</summary>
    /// <param name="types">Only these, such as job.ended,session.*; null for all.</param>
    /// <param name="after">Id of the last event that is known; null for from now on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<LifecycleEvent> FollowAsync(
        string? types = null, string? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var events = _transport.Events(PathOf(types, after), null);
        events.StartHeader = "Last-Event-ID";
        await foreach (var item in events.Read(cancellationToken).ConfigureAwait(false))
        {
            using var json = JsonDocument.Parse(item.Data);
            yield return Read(json.RootElement.Clone());
        }
    }

    private static LifecycleEvent Read(JsonElement json) => (json.Deserialize(ClientJson.Default.LifecycleEvent) ?? new LifecycleEvent()) with { Json = json };

    private static string PathOf(string? types, string? after) => Path + new QueryText().Add("types", types).Add("from", after);
}
