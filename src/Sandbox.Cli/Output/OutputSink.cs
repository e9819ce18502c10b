using System.Text;
using System.Text.Json;
using Sandbox.Cli.Client;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Output;

/// <summary>Our own output is gone: its reader has closed it.</summary>
internal sealed class BrokenPipeException(IOException inner) : Exception(inner.Message, inner);

/// <summary>Writes the program's output, byte for byte, to where it belongs.</summary>
internal sealed class OutputSink(CliConsole console)
{
    public Task Write(ServerEvent output, CancellationToken cancellationToken) => output.Kind switch
    {
        "stdout" => WriteData(console.Output, output.Data, cancellationToken),
        "stderr" => WriteData(console.Errors, output.Data, cancellationToken),
        _ => Task.CompletedTask,
    };

    /// <summary>Writes text among the program's standard output.</summary>
    public Task WriteText(string text, CancellationToken cancellationToken) => Write(console.Output, Encoding.UTF8.GetBytes(text), cancellationToken);

    private static Task WriteData(Stream stream, byte[] json, CancellationToken cancellationToken)
    {
        var data = JsonSerializer.Deserialize(json, Wire.Default.OutputData);
        var bytes = data switch
        {
            { Base64: { } base64 } => Convert.FromBase64String(base64),
            { Text: { } text } => Encoding.UTF8.GetBytes(text),
            _ => [],
        };
        return Write(stream, bytes, cancellationToken);
    }

    private static async Task Write(Stream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(bytes, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new BrokenPipeException(e);
        }
    }
}
