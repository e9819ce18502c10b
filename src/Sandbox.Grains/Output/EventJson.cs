using System.Buffers;
using System.Text.Json;

namespace Sandbox.Grains.Output;

/// <summary>The content of events that follow from a state: one small object.</summary>
internal static class EventJson
{
    public static byte[] Object(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A status by its name on the wire.</summary>
    public static string NameOf<T>(T status)
        where T : struct, Enum => JsonSerializer.SerializeToElement(status).GetString()!;
}
