using System.Net.Http.Headers;
using System.Text.Json;

namespace Sandbox.Bench.Server;

/// <summary>A request for a step, serialised once.</summary>
internal sealed class StepBody
{
    private readonly byte[] _json;

    private StepBody(string code) => _json = JsonSerializer.SerializeToUtf8Bytes(new { code });

    /// <summary>Defines what <see cref="Increment"/> counts, and shows a value.</summary>
    public static StepBody First { get; } = new("x = 1\nx + 1");

    public static StepBody Increment { get; } = new("x += 1");

    public HttpContent ToContent() =>
        new ByteArrayContent(_json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
