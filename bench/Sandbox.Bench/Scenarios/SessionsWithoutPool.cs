using Sandbox.Bench.Baselines;
using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>A session whose sandbox is made for it, to its first result, against <c>runc run</c> of the interpreter, in turn.</summary>
internal sealed class SessionsWithoutPool : IScenario
{
    private const double Factor = 1.3;
    private const int PerRound = 3;

    private const string FirstResult = "session without pool: create to first result";
    private const string Runc = "session without pool: " + RuncBaseline.Title;

    // What was ended is removed after its answer: that shall be over when the next begins.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    public string Name => "sessions-without-pool";

    public string Description => "POST /v1/sessions and its first step with the pool off; in turn with runc run of the interpreter";

    public ServerProfile Profile => ServerProfile.WithoutPool;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await bench.Rounds(bench.Options.Rounds, (series, token) => Round(bench, series, token), cancellationToken);
        var runc = bench.Report.Of(Runc).P50;
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = "session: create to first result, no pool, p50",
            Unit = "ms",
            Value = bench.Report.Of(FirstResult).P50,
            Target = Target.AtMost(Factor * runc, $"{Factor} x runc run"),
            Baselines = [new BaselineValue(RuncBaseline.Title, runc)],
        });
    }

    private static async Task Round(Bench bench, Func<string, Series> series, CancellationToken cancellationToken)
    {
        var client = bench.Server.Client;
        for (var i = 0; i < PerRound; i++)
        {
            var (created, id) = await client.CreateSession(cancellationToken);
            series(FirstResult).Add(created + await client.RunStep(id, StepBody.First, cancellationToken));
            await client.EndSession(id, cancellationToken);
            await Task.Delay(Rest, cancellationToken);
            series(Runc).Add(Clock.MillisecondsOf(() => bench.Baselines.Runc.Run(0, cancellationToken)));
            await Task.Delay(Rest, cancellationToken);
        }
    }
}
