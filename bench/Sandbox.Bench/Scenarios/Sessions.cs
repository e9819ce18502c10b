using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>A session from its creation to its first result, and steps on it while it lives; one after the other.</summary>
internal sealed class Sessions : IScenario
{
    private const int StepsPerSession = 20;
    private const double MostToFirstResult = 10;
    private const double MostToFirstResultTail = 50;
    private const double MostPerStep = 2;

    // The pool fills up between rounds: on a small machine all of them would take minutes.
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(90);

    private const string FirstResult = "session: create to first result";
    private const string Step = "session: step x += 1";

    public string Name => "sessions";

    public string Description => $"POST /v1/sessions and its first step, then {StepsPerSession} steps x += 1, one at a time; {ServerProfile.WarmPython} sessions, refill, and again";

    public ServerProfile Profile => ServerProfile.Warm;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
        await bench.Rounds(bench.Options.Rounds / 2, (series, token) => Round(bench, series, token), cancellationToken, Most);
        var first = bench.Report.Of(FirstResult);
        bench.Report.Add(Line("session: create to first result, warm pool, p50", first.P50, MostToFirstResult));
        bench.Report.Add(Line("session: create to first result, warm pool, p99", first.P99, MostToFirstResultTail));
        bench.Report.Add(Line("session: step x += 1, p50", bench.Report.Of(Step).P50, MostPerStep));
    }

    private Measure Line(string name, double value, double most) =>
        new() { Scenario = Name, Name = name, Unit = "ms", Value = value, Target = Target.AtMost(most) };

    private static async Task Round(Bench bench, Func<string, Series> series, CancellationToken cancellationToken)
    {
        var client = bench.Server.Client;
        for (var i = 0; i < ServerProfile.WarmPython; i++)
        {
            var (created, id) = await client.CreateSession(cancellationToken);
            series(FirstResult).Add(created + await client.RunStep(id, StepBody.First, cancellationToken));
            for (var step = 0; step < StepsPerSession; step++)
                series(Step).Add(await client.RunStep(id, StepBody.Increment, cancellationToken));
            await client.EndSession(id, cancellationToken);
        }

        await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
    }
}
