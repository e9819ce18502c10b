using System.Text;
using System.Text.Json;
using Sandbox.Cli.Client;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Jobs;

/// <summary>Our own output is gone: its reader has closed it.</summary>
internal sealed class BrokenPipeException(IOException inner) : Exception(inner.Message, inner);

/// <summary>Writes the program's output, byte for byte, to where it belongs.</summary>
internal sealed class OutputSink(CliConsole console)
{
    public Task Write(JobEvent output, CancellationToken cancellationToken) => output.Kind switch
    {
        "stdout" => Write(console.Output, output.Data, cancellationToken),
        "stderr" => Write(console.Errors, output.Data, cancellationToken),
        _ => Task.CompletedTask,
    };

    private static async Task Write(Stream stream, byte[] json, CancellationToken cancellationToken)
    {
        var data = JsonSerializer.Deserialize(json, Wire.Default.OutputData);
        var bytes = data switch
        {
            { Base64: { } base64 } => Convert.FromBase64String(base64),
            { Text: { } text } => Encoding.UTF8.GetBytes(text),
            _ => [],
        };
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
