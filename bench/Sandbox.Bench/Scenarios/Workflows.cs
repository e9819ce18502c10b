using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>What it costs that jobs are steps of a workflow: many beside each other, and one after the other.</summary>
internal sealed class Workflows : IScenario
{
    private const int Width = 100;
    private const int Length = 20;
    private const double LeastShare = 0.8;
    private const double MostOverhead = 1.1;

    private const string Plain = "workflow: 100 plain jobs at once";
    private const string Parallel = "workflow: 100 parallel steps";
    private const string One = "workflow: one warm job";
    private const string Chain = "workflow: chain of 20";

    public string Name => "workflow";

    public string Description => $"{Width} jobs at once and as steps of a workflow; {Length} warm jobs one by one and as a chain; refill between them";

    public ServerProfile Profile => ServerProfile.Pool20;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await bench.Rounds(bench.Options.Quick ? Bench.LeastRounds : 10, (series, token) => Round(bench, series, token), cancellationToken);
        var (plain, parallel) = (bench.Report.Of(Plain).P50, bench.Report.Of(Parallel).P50);
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = $"{Width} parallel steps, p50 of whole workflows",
            Unit = "steps/s",
            Value = Width * 1000 / parallel,
            Target = Target.AtLeast(LeastShare * Width * 1000 / plain, $"{LeastShare} x plain jobs at once"),
        });
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = $"chain of {Length} steps, warm pool, p50",
            Unit = "ms",
            Value = bench.Report.Of(Chain).P50,
            Target = Target.AtMost(MostOverhead * Length * bench.Report.Of(One).P50, $"{MostOverhead} x {Length} x one warm job"),
        });
    }

    private static async Task Round(Bench bench, Func<string, Series> series, CancellationToken cancellationToken)
    {
        await Settle(bench, cancellationToken);
        for (var i = 0; i < Length; i++)
            series(One).Add(await bench.Server.Client.RunJob(JobBody.Standard, cancellationToken));
        await Settle(bench, cancellationToken);
        series(Chain).Add(await bench.Server.Client.RunWorkflow(WorkflowBody.Chain(Length), cancellationToken));
        await Settle(bench, cancellationToken);
        series(Plain).Add(await Clock.MillisecondsOf(() => Task.WhenAll(Enumerable.Range(0, Width).Select(_ => bench.Server.Client.RunJob(JobBody.Standard, cancellationToken)))));
        await Settle(bench, cancellationToken);
        series(Parallel).Add(await bench.Server.Client.RunWorkflow(WorkflowBody.Parallel(Width), cancellationToken));
    }

    private static Task Settle(Bench bench, CancellationToken cancellationToken) => bench.Server.Pool.Settle("standard", ServerProfile.LargePool, cancellationToken);
}
