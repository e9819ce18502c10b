using System.Text.Json;

namespace Sandbox.Cli.Terminal;

/// <summary>Passes the server's JSON on, whole, laid out for reading.</summary>
internal static class JsonText
{
    public static async Task Write(Stream output, ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        using var buffer = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            document.WriteTo(writer);
        buffer.WriteByte((byte)'\n');
        await output.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        await output.FlushAsync();
    }
}
