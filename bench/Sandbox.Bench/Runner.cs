using Sandbox.Bench.Baselines;
using Sandbox.Bench.Measurement;
using Sandbox.Bench.Reporting;
using Sandbox.Bench.Scenarios;
using Sandbox.Bench.Server;

namespace Sandbox.Bench;

/// <summary>Runs scenarios in their order, each on the server that it needs; one server at a time.</summary>
internal sealed class Runner(Repository repository, BenchOptions options, Report report, Progress progress)
{
    /// <summary>All scenarios. Those that share a server are neighbours; the heavy load comes last on it.</summary>
    public static IReadOnlyList<IScenario> Scenarios { get; } =
        [new IdleMemory(), new OneShot(), new Submission(), new Sustained(), new Strong(), new WithoutPool()];

    /// <summary>Measures what was asked for. A scenario that fails is reported, and the next one runs.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        using var baselines = new BaselineSet(Sustained.Workers);
        var chosen = Scenarios.Where(scenario => options.Only.Count == 0 || options.Only.Contains(scenario.Name));
        foreach (var sharing in chosen.GroupBy(scenario => scenario.Profile))
        {
            progress.Begin($"server: {sharing.Key.Name}");
            await using var server = await SandboxServer.Start(repository, sharing.Key, cancellationToken);
            foreach (var scenario in sharing)
                await Run(scenario, new Bench(options, server, baselines, report, progress), cancellationToken);
        }
    }

    private async Task Run(IScenario scenario, Bench bench, CancellationToken cancellationToken)
    {
        progress.Begin($"{scenario.Name}: {scenario.Description}");
        try
        {
            await scenario.Run(bench, cancellationToken);
        }
        catch (BenchException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            report.Add(new Measure { Scenario = scenario.Name, Name = scenario.Name, Unit = string.Empty, Note = e.Message, HasFailed = true });
        }
    }
}
