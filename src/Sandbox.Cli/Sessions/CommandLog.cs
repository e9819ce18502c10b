using Sandbox.Cli.Output;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Sessions;

/// <summary>Shows the output of a background command, byte for byte.</summary>
internal sealed class CommandLog(CommandsClient commands, CliConsole console)
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(30);

    /// <summary>Shows a stream from an offset on; where it is followed, to the command's end. Says where it stopped.</summary>
    public async Task<long> Show(string session, long command, string stream, long from, bool follow, CancellationToken cancellationToken)
    {
        while (true)
        {
            var part = await commands.ReadOutputAsync(session, command, stream, from, follow ? s_wait : TimeSpan.Zero, cancellationToken);
            if (part.Start > from && from > 0)
                console.Tell($"{part.Start - from} bytes of output are not kept any more");
            await OutputSink.Write(console.Output, part.Bytes, cancellationToken);
            from = part.Next;
            if (part.HasEnded || (!follow && from >= part.Total))
                return from;
        }
    }
}
