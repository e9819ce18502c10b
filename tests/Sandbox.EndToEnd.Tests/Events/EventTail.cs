using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Events;

/// <summary>Follows a tenant's events, one at a time.</summary>
internal sealed class EventTail : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private EventTail(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items) => (_response, _items) = (response, items);

    public static async Task<EventTail> Open(SandboxClient client, string query, string? after, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events" + query);
        if (after is not null)
            request.Headers.Add("Last-Event-ID", after);
        var response = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        return new EventTail(response, SseParser.Create(body).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken));
    }

    /// <summary>The next events, up to one of a resource and a type.</summary>
    public async Task<List<(string Id, string Type, string Resource, JsonElement Data)>> Until(string resource, string type)
    {
        var events = new List<(string Id, string Type, string Resource, JsonElement Data)>();
        while (events.Count == 0 || (events[^1].Resource, events[^1].Type) != (resource, type))
        {
            Assert.True(await _items.MoveNextAsync(), "The stream has ended.");
            using var json = JsonDocument.Parse(_items.Current.Data);
            var root = json.RootElement.Clone();
            Assert.Equal(_items.Current.EventId, root.GetProperty("id").GetString());
            Assert.Equal(_items.Current.EventType, root.GetProperty("type").GetString());
            events.Add((_items.Current.EventId!, _items.Current.EventType, root.GetProperty("resource").GetProperty("id").GetString()!, root.GetProperty("data")));
        }

        return events;
    }

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        try
        {
            await _items.DisposeAsync();
        }
        catch (IOException)
        {
            // The server was killed.
        }
    }
}
