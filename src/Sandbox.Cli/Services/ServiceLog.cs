using System.Globalization;
using Sandbox.Cli.Output;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Services;

/// <summary>Shows what a service's program prints, byte for byte; where it is followed, attempt after attempt until the service is over.</summary>
internal sealed class ServiceLog(ServiceCalls services, CliConsole console)
{
    private const int WaitSeconds = 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    public async Task Show(string id, int? attempt, bool follow, CancellationToken cancellationToken)
    {
        var last = (await services.Get(id, cancellationToken)).Value.Attempts;
        var (number, from) = (Math.Max(1, attempt ?? last), 0L);
        while (last > 0 || follow)
        {
            var service = (await services.Get(id, cancellationToken)).Value;
            if (service.Attempts < number)
            {
                // Between two attempts, or before the first.
                if (service.HasEnded || !follow)
                    return;
                await Task.Delay(s_pause, console.Time, cancellationToken);
                continue;
            }

            using var part = await services.Log(id, number, from, follow ? WaitSeconds : 0, cancellationToken);
            await Write(await part.Content.ReadAsByteArrayAsync(cancellationToken), cancellationToken);
            from = Number(part, "Output-Next");
            var isOver = part.Headers.TryGetValues("Output-Ended", out var ended) && ended.First() == "true";
            if (isOver && follow && attempt is null)
                (number, from) = (number + 1, 0);
            else if (isOver || (!follow && from >= Number(part, "Output-Total")))
                return;
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
