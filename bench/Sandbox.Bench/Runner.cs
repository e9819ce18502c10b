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
        [
            new IdleMemory(), new OneShot(), new Submission(), new Sessions(), new Mcp(), new E2b(), new Dashboard(), new Transfers(), new Proxied(), new OutputStream(), new IdleSessions(), new Sustained(), new SessionsAtOnce(), new Workflows(), new Strong(),
            WithoutPool.Jobs, WithoutPool.Sessions, new SavedMemory(),
        ];

    /// <summary>Measures what was asked for. A scenario that fails is reported, and the next one runs.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        using var baselines = new BaselineSet(Sustained.Workers);
        var chosen = Scenarios.Where(scenario => options.Only.Count == 0 || options.Only.Contains(scenario.Name));
        foreach (var sharing in chosen.GroupBy(scenario => scenario.Profile))
        {
            var waiting = new Queue<IScenario>(sharing);
            while (waiting.Count > 0)
                await RunOnOneServer(sharing.Key, waiting, baselines, cancellationToken);
        }
    }

    // Until all are done, or the server has ended by itself: the next ones get another.
    private async Task RunOnOneServer(ServerProfile profile, Queue<IScenario> waiting, BaselineSet baselines, CancellationToken cancellationToken)
    {
        progress.Begin($"server: {profile.Name}");
        await using var server = await SandboxServer.Start(repository, profile, cancellationToken);
        var bench = new Bench(options, server, baselines, report, progress);
        while (server.IsAlive && waiting.TryDequeue(out var scenario))
        {
            await Run(scenario, bench, cancellationToken);
            if (!server.IsAlive)
                ReportLost(scenario);
        }
    }

    private void ReportLost(IScenario scenario) => report.Add(new Measure
    {
        Scenario = scenario.Name,
        Name = scenario.Name,
        Unit = string.Empty,
        Note = $"the server ended by itself; its log: {Path.Combine(repository.Results, "server.log")}",
        HasFailed = true,
    });

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
