using System.Globalization;
using Sandbox.Cli.Output;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Sessions;

/// <summary>Shows the output of a background command, byte for byte.</summary>
internal sealed class CommandLog(SessionCalls sessions, CliConsole console)
{
    private const int WaitSeconds = 30;

    /// <summary>Shows a stream from an offset on; where it is followed, to the command's end. Says where it stopped.</summary>
    public async Task<long> Show(string session, long command, string stream, long from, bool follow, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var part = await sessions.Output(session, command, stream, from, follow ? WaitSeconds : 0, cancellationToken);
            var (start, next) = (Number(part, "Output-Start"), Number(part, "Output-Next"));
            if (start > from && from > 0)
                console.Tell($"{start - from} bytes of output are not kept any more");
            await Write(await part.Content.ReadAsByteArrayAsync(cancellationToken), cancellationToken);
            from = next;
            if (part.Headers.TryGetValues("Output-Ended", out var ended) && ended.First() == "true")
                return from;
            if (!follow && next >= Number(part, "Output-Total"))
                return from;
        }
    }

    private async Task Write(byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            await console.Output.WriteAsync(bytes, cancellationToken);
            await console.Output.FlushAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new BrokenPipeException(e);
        }
    }

    private static long Number(HttpResponseMessage part, string header) =>
        part.Headers.TryGetValues(header, out var values) && long.TryParse(values.First(), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
