using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Sandbox.Api.Tests.Testing;

/// <summary>Reads a job's event stream with the framework's own parser.</summary>
internal static class EventReader
{
    public static async Task<List<SseItem<string>>> Events(this HttpResponseMessage response)
    {
        var events = new List<SseItem<string>>();
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
            events.Add(item);
        return events;
    }

    /// <summary>The bytes of an output event.</summary>
    public static byte[] Output(this SseItem<string> item)
    {
        var data = JsonDocument.Parse(item.Data).RootElement;
        return data.TryGetProperty("text", out var text)
            ? System.Text.Encoding.UTF8.GetBytes(text.GetString()!)
            : data.GetProperty("base64").GetBytesFromBase64();
    }
}
