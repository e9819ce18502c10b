using System.Text;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Output;

/// <summary>Our own output is gone: its reader has closed it.</summary>
internal sealed class BrokenPipeException(IOException inner) : Exception(inner.Message, inner)
{
    // The number that the kernel gives to it; a full disk is something else.
    private const int Number = 32;

    /// <summary>Whether a failure to write says so.</summary>
    public static bool Is(IOException e) => e.HResult == Number;
}

/// <summary>Writes the program's output, byte for byte, to where it belongs.</summary>
internal sealed class OutputSink(CliConsole console)
{
    public Task Write(OutputEvent output, CancellationToken cancellationToken) => output.Kind switch
    {
        OutputKind.Stdout => Write(console.Output, output.Bytes, cancellationToken),
        OutputKind.Stderr => Write(console.Errors, output.Bytes, cancellationToken),
        _ => Task.CompletedTask,
    };

    /// <summary>Writes text among the program's standard output.</summary>
    public Task WriteText(string text, CancellationToken cancellationToken) => Write(console.Output, Encoding.UTF8.GetBytes(text), cancellationToken);

    /// <summary>Writes bytes, and tells a reader that has gone from other failures.</summary>
    public static async Task Write(Stream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(bytes, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        catch (IOException e) when (BrokenPipeException.Is(e))
        {
            throw new BrokenPipeException(e);
        }
    }
}
