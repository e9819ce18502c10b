using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>Many sessions that have worked once and wait: what each of them costs, and what the server does meanwhile.</summary>
internal sealed class IdleSessions : IScenario
{
    private const int Count = 500;
    private const int AtOnce = 8;
    private const double MostMegabytes = 20;
    private const double MostProcessorPercent = 1;
    private const string Memory = "idle sessions: memory of each";

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(10);

    public string Name => "idle-sessions";

    public string Description => $"{Count} sessions, each with a first step; memory of each by its cgroup, and processor time of all together over {Watched.TotalSeconds} s";

    public ServerProfile Profile => ServerProfile.Warm;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var ids = await Open(bench, cancellationToken);
        try
        {
            var series = bench.Report.Series(Memory, "MB");
            foreach (var sandbox in SandboxCgroups.Of(bench.Server.Instance).Where(sandbox => sandbox.Runs("python3")))
                series.Add(sandbox.MemoryBytes / 1e6);
            // Those that are made ready meanwhile are not what is asked about.
            await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
            await Task.Delay(Rest, cancellationToken);
            var before = SandboxCgroups.ProcessorSeconds(bench.Server.Instance);
            await Task.Delay(Watched, cancellationToken);
            var used = SandboxCgroups.ProcessorSeconds(bench.Server.Instance) - before;

            bench.Report.Add(Line($"memory of one of {Count} idle sessions, median", "MB", bench.Report.Of(Memory).P50, MostMegabytes));
            bench.Report.Add(Line($"processor used by {Count} idle sessions, all together", "% of one", 100 * used / Watched.TotalSeconds, MostProcessorPercent));
        }
        finally
        {
            await Parallel.ForEachAsync(ids, Bounded(CancellationToken.None), async (id, token) => await bench.Server.Client.EndSession(id, token));
        }
    }

    private static async Task<IReadOnlyCollection<string>> Open(Bench bench, CancellationToken cancellationToken)
    {
        var ids = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(Enumerable.Range(1, Count), Bounded(cancellationToken), async (_, token) =>
        {
            var (_, id) = await bench.Server.Client.CreateSession(token);
            ids.Add(id);
            await bench.Server.Client.RunStep(id, StepBody.First, token);
            bench.Progress.Step("opening sessions", ids.Count, Count);
        });
        return ids;
    }

    private static ParallelOptions Bounded(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };

    private Measure Line(string name, string unit, double value, double most) =>
        new() { Scenario = Name, Name = name, Unit = unit, Value = value, Target = Target.AtMost(most) };
}
