using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Api.Output;

/// <summary>Writes events in the form of server-sent events, each as one line of JSON.</summary>
internal sealed class OutputEventWriter(PipeWriter output) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(output);

    public void Write(OutputEvent item)
    {
        output.Write("id: "u8);
        Span<byte> id = stackalloc byte[20];
        item.Id.TryFormat(id, out var length, provider: CultureInfo.InvariantCulture);
        output.Write(id[..length]);
        output.Write("\nevent: "u8);
        Encoding.UTF8.GetBytes(item.Kind, output);
        output.Write("\ndata: "u8);
        _json.Reset();
        if (item.Kind is OutputEventKinds.Stdout or OutputEventKinds.Stderr)
            WriteOutput(item.Data);
        else
            JsonValue.Parse(item.Data).WriteTo(_json);
        _json.Flush();
        output.Write("\n\n"u8);
    }

    /// <summary>A comment, which keeps proxies from closing the connection.</summary>
    public void WriteHeartbeat() => output.Write(": heartbeat\n\n"u8);

    public void Dispose() => _json.Dispose();

    // A character may be split over two events: base64 then, so that no byte is lost.
    private void WriteOutput(byte[] data)
    {
        _json.WriteStartObject();
        if (Utf8.IsValid(data))
            _json.WriteString("text"u8, data);
        else
            _json.WriteBase64String("base64"u8, data);
        _json.WriteEndObject();
    }
}
