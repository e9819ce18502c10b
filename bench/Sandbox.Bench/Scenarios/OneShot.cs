using Sandbox.Bench.Baselines;
using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>A job from the request to the whole result, one after the other, with ready sandboxes.</summary>
internal sealed class OneShot : IScenario
{
    private const double TailFactor = 5;
    private const int RuncPerRound = 3;

    private const string Jobs = "one-shot: job, warm pool";

    public string Name => "one-shot";

    public string Description => $"POST /v1/jobs?wait=30, python, one at a time; {ServerProfile.WarmPython} jobs, refill, baselines, and again";

    public ServerProfile Profile => ServerProfile.Warm;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
        await bench.Rounds(bench.Options.Rounds, (series, token) => Round(bench, series, token), cancellationToken);

        var jobs = bench.Report.Of(Jobs);
        var python = bench.Report.Of("one-shot: " + PythonBaseline.Title).P50;
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = "one-shot python, warm pool, p50",
            Unit = "ms",
            Value = jobs.P50,
            Target = Target.AtMost(python, "bare python3"),
            Baselines = Others(bench),
        });
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = "one-shot python, warm pool, p99",
            Unit = "ms",
            Value = jobs.P99,
            Target = Target.AtMost(TailFactor * jobs.P50, $"{TailFactor} x own p50"),
        });
    }

    private static async Task Round(Bench bench, Func<string, Series> series, CancellationToken cancellationToken)
    {
        for (var i = 0; i < ServerProfile.WarmPython; i++)
            series(Jobs).Add(await bench.Server.Client.RunJob(JobBody.Standard, cancellationToken));
        await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
        Measure(bench.Baselines.Python, ServerProfile.WarmPython, series, cancellationToken);
        Measure(bench.Baselines.Runc, RuncPerRound, series, cancellationToken);
        if (bench.Baselines.Docker is { } docker)
            Measure(docker, 1, series, cancellationToken);
    }

    private static void Measure(IBaseline baseline, int times, Func<string, Series> series, CancellationToken cancellationToken)
    {
        for (var i = 0; i < times; i++)
            series("one-shot: " + baseline.Name).Add(Clock.MillisecondsOf(() => baseline.Run(0, cancellationToken)));
    }

    private static List<BaselineValue> Others(Bench bench) =>
    [
        .. new[] { bench.Baselines.Python, bench.Baselines.Runc, bench.Baselines.Docker }.OfType<IBaseline>()
            .Select(baseline => new BaselineValue(baseline.Name, bench.Report.Of("one-shot: " + baseline.Name).P50)),
    ];
}
