using Sandbox.Bench.Baselines;
using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>A job whose sandbox is made for it, against <c>runc run</c> of the same, in turn.</summary>
internal sealed class WithoutPool : IScenario
{
    private const double Factor = 1.3;
    private const int PerRound = 3;

    private const string Jobs = "without-pool: job";
    private const string Runc = "without-pool: " + RuncBaseline.Title;

    // The sandbox of the job before is removed after its answer: that shall be over when the next begins.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    public string Name => "without-pool";

    public string Description => "the same with the pool off: each sandbox is made for its job; in turn with runc run";

    public ServerProfile Profile => ServerProfile.WithoutPool;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await bench.Rounds(bench.Options.Rounds, (series, token) => Round(bench, series, token), cancellationToken);
        var runc = bench.Report.Of(Runc).P50;
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = "one-shot python, no pool, p50",
            Unit = "ms",
            Value = bench.Report.Of(Jobs).P50,
            Target = Target.AtMost(Factor * runc, $"{Factor} x runc run"),
            Baselines = [new BaselineValue(RuncBaseline.Title, runc)],
        });
    }

    private static async Task Round(Bench bench, Func<string, Series> series, CancellationToken cancellationToken)
    {
        for (var i = 0; i < PerRound; i++)
        {
            series(Jobs).Add(await bench.Server.Client.RunJob(JobBody.Standard, cancellationToken));
            await Task.Delay(Rest, cancellationToken);
            series(Runc).Add(Clock.MillisecondsOf(() => bench.Baselines.Runc.Run(0, cancellationToken)));
            await Task.Delay(Rest, cancellationToken);
        }
    }
}
