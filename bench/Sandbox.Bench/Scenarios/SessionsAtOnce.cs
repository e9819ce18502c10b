using System.Diagnostics;
using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>A hundred sessions asked for at the same moment, each with a first result: most of their sandboxes have to be made.</summary>
internal sealed class SessionsAtOnce : IScenario
{
    private const int Count = 100;
    private const double MostMilliseconds = 3000;
    private const string Wall = "sessions: 100 at once, to the last first result";

    public string Name => "sessions-at-once";

    public string Description => $"{Count} sessions created at once, each with a first step, until the last one has its result; then all are ended";

    public ServerProfile Profile => ServerProfile.Pool20;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        for (var round = 0; round < (bench.Options.Quick ? 1 : 3); round++)
        {
            await bench.Server.Pool.Settle("standard", ServerProfile.LargePool, cancellationToken);
            bench.Report.Series(Wall, "ms").Add(await Round(bench, cancellationToken));
        }

        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = $"{Count} sessions at once, each with a first result, from a pool of {ServerProfile.LargePool}",
            Unit = "ms",
            Value = bench.Report.Of(Wall).P50,
            Target = Target.AtMost(MostMilliseconds),
        });
    }

    private static async Task<double> Round(Bench bench, CancellationToken cancellationToken)
    {
        var client = bench.Server.Client;
        var begin = Stopwatch.GetTimestamp();
        var ids = await Task.WhenAll(Enumerable.Range(0, Count).Select(async _ =>
        {
            var (_, id) = await client.CreateSession(cancellationToken);
            await client.RunStep(id, StepBody.First, cancellationToken);
            return id;
        }));
        var wall = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        await Task.WhenAll(ids.Select(id => client.EndSession(id, cancellationToken)));
        return wall;
    }
}
