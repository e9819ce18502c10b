using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>One event of a job or step.</summary>
internal sealed record JobEvent(long Id, string Kind, string Data)
{
    public bool IsEnd => Kind == "end";

    /// <summary>The bytes of a piece of output.</summary>
    public byte[] Bytes
    {
        get
        {
            using var data = JsonDocument.Parse(Data);
            return data.RootElement.TryGetProperty("base64", out var base64)
                ? base64.GetBytesFromBase64()
                : System.Text.Encoding.UTF8.GetBytes(data.RootElement.GetProperty("text").GetString()!);
        }
    }
}

/// <summary>Follows the events of a job or step.</summary>
internal static class EventReader
{
    /// <summary>Events after an id, until the server ends the stream; throws where the connection breaks.</summary>
    public static IAsyncEnumerable<JobEvent> Events(this SandboxClient client, string job, long after, CancellationToken cancellationToken) =>
        client.EventsAt($"/v1/jobs/{job}/events", after, cancellationToken);

    /// <summary>The same, of whatever has events at this path.</summary>
    public static async IAsyncEnumerable<JobEvent> EventsAt(
        this SandboxClient client, string path, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (after > 0)
            request.Headers.Add("Last-Event-ID", after.ToString(CultureInfo.InvariantCulture));
        using var answer = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
            yield return new JobEvent(long.Parse(item.EventId!, CultureInfo.InvariantCulture), item.EventType, item.Data);
    }

    /// <summary>The bytes of one output stream.</summary>
    public static byte[] Output(this IEnumerable<JobEvent> events, string kind) =>
        [.. events.Where(item => item.Kind == kind).SelectMany(item => item.Bytes)];
}
