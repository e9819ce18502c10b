using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>The time until a job is acknowledged, and with that on disk.</summary>
internal sealed class Submission : IScenario
{
    private const double MostMilliseconds = 3;
    private const string Accepted = "submit: 202 Accepted";

    public string Name => "submit";

    public string Description => "POST /v1/jobs without wait, until 202; the job's end is awaited before the next";

    public ServerProfile Profile => ServerProfile.Warm;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
        await bench.Rounds(bench.Options.Rounds, (series, token) => Round(bench, series, token), cancellationToken);
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = "submit acknowledged, p50",
            Unit = "ms",
            Value = bench.Report.Of(Accepted).P50,
            Target = Target.AtMost(MostMilliseconds),
        });
    }

    private static async Task Round(Bench bench, Func<string, Series> series, CancellationToken cancellationToken)
    {
        for (var i = 0; i < ServerProfile.WarmPython; i++)
        {
            var (milliseconds, id) = await bench.Server.Client.Submit(JobBody.Standard, cancellationToken);
            series(Accepted).Add(milliseconds);
            await bench.Server.Client.AwaitEnd(id, cancellationToken);
        }

        await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
    }
}
