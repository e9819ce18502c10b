using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>A program that prints without end, followed as server-sent events: how much arrives, and that nothing is missing.</summary>
internal sealed class OutputStream : IScenario
{
    private const long Bytes = 100_000_000;
    private const double LeastMegabytesPerSecond = 10;
    private const string Rate = "output: stdout as server-sent events";

    public string Name => "output-stream";

    public string Description => $"a background command prints {Bytes / 1_000_000} MB while its events are read; every byte is counted";

    public ServerProfile Profile => ServerProfile.Warm;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        for (var round = 0; round < (bench.Options.Quick ? 2 : 5); round++)
        {
            var (_, id) = await bench.Server.Client.CreateSession(cancellationToken);
            var (milliseconds, received) = await bench.Server.Client.FollowOutput(id, Bytes, cancellationToken);
            await bench.Server.Client.EndSession(id, cancellationToken);
            if (received != Bytes)
                throw new BenchException($"{received} of {Bytes} bytes arrived.");
            bench.Report.Series(Rate, "MB/s").Add(Bytes / 1e3 / milliseconds);
        }

        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = "stdout through server-sent events, without loss",
            Unit = "MB/s",
            Value = bench.Report.Of(Rate).P50,
            Target = Target.AtLeast(LeastMegabytesPerSecond),
        });
    }
}
