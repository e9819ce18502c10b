using System.Net.Http.Headers;
using System.Text.Json;
using Sandbox.Bench.Baselines;

namespace Sandbox.Bench.Server;

/// <summary>A request for the measured program, serialised once.</summary>
internal sealed class JobBody
{
    private readonly byte[] _json;

    private JobBody(string isolation) =>
        _json = JsonSerializer.SerializeToUtf8Bytes(new { language = "python", code = MeasuredProgram.Code, isolation });

    public static JobBody Standard { get; } = new("standard");

    public static JobBody Strong { get; } = new("strong");

    public HttpContent ToContent() =>
        new ByteArrayContent(_json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
