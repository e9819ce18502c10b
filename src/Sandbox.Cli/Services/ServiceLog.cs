using Sandbox.Cli.Output;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Services;

/// <summary>Shows what a service's program prints, byte for byte; where it is followed, attempt after attempt until the service is over.</summary>
internal sealed class ServiceLog(ServicesClient services, CliConsole console)
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    public async Task Show(string id, int? attempt, bool follow, CancellationToken cancellationToken)
    {
        var last = (await services.GetAsync(id, cancellationToken)).Value.Attempts;
        var (number, from) = (Math.Max(1, attempt ?? last), 0L);
        while (last > 0 || follow)
        {
            var service = (await services.GetAsync(id, cancellationToken)).Value;
            if (service.Attempts < number)
            {
                // Between two attempts, or before the first.
                if (service.HasEnded || !follow)
                    return;
                await Task.Delay(s_pause, console.Time, cancellationToken);
                continue;
            }

            var part = await services.ReadLogAsync(id, number, from, follow ? s_wait : TimeSpan.Zero, cancellationToken);
            await OutputSink.Write(console.Output, part.Bytes, cancellationToken);
            from = part.Next;
            if (part.HasEnded && follow && attempt is null)
                (number, from) = (number + 1, 0);
            else if (part.HasEnded || (!follow && from >= part.Total))
                return;
        }
    }
}
