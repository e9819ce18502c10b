using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Api.Output;

/// <summary>Writes events in the form of server-sent events, each as one line of JSON.</summary>
internal sealed class OutputEventWriter(PipeWriter output) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(output);

    public void Write(StreamedEvent item)
    {
        if (item.Id is { } id)
        {
            output.Write("id: "u8);
            Encoding.UTF8.GetBytes(id, output);
            output.Write("\n"u8);
        }

        output.Write("event: "u8);
        Encoding.UTF8.GetBytes(item.Kind, output);
        output.Write("\ndata: "u8);
        _json.Reset();
        if (item.Kind is OutputEventKinds.Stdout or OutputEventKinds.Stderr)
            WriteOutput(item);
        else
            WriteValue(item);
        _json.Flush();
        output.Write("\n\n"u8);
    }

    /// <summary>A comment, which keeps proxies from closing the connection.</summary>
    public void WriteHeartbeat() => output.Write(": heartbeat\n\n"u8);

    public void Dispose() => _json.Dispose();

    // A character may be split over two events: base64 then, so that no byte is lost.
    private void WriteOutput(StreamedEvent item)
    {
        _json.WriteStartObject();
        if (item.Step is { } step)
            _json.WriteNumber("step"u8, step);
        if (Utf8.IsValid(item.Data))
            _json.WriteString("text"u8, item.Data);
        else
            _json.WriteBase64String("base64"u8, item.Data);
        _json.WriteEndObject();
    }

    // What a step showed has members that the code named: they stay apart from the number of the step.
    private void WriteValue(StreamedEvent item)
    {
        var value = JsonValue.Parse(item.Data);
        if (item.Step is not { } step)
        {
            value.WriteTo(_json);
            return;
        }

        _json.WriteStartObject();
        _json.WriteNumber("step"u8, step);
        _json.WritePropertyName("data"u8);
        value.WriteTo(_json);
        _json.WriteEndObject();
    }
}
