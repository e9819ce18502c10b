using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>How long pages of the dashboard take, whole, beside a record and lists that are long by then.</summary>
internal sealed class Dashboard : IScenario
{
    private const int Jobs = 200;
    private const int PagesOfEach = 20;
    private const double MostMilliseconds = 1000;

    private static readonly string[] Pages = ["dashboard", "dashboard/audit", "dashboard/grains", "dashboard/policies"];

    public string Name => "dashboard";

    public string Description => $"pages of the dashboard after {Jobs} jobs: {PagesOfEach} of each";

    public ServerProfile Profile => ServerProfile.Warm;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
        for (var job = 0; job < Jobs; job++)
            await bench.Server.Client.RunJob(JobBody.Standard, cancellationToken);
        foreach (var page in Pages)
        {
            var series = bench.Report.Series($"dashboard: /{page}", "ms");
            for (var round = 0; round < PagesOfEach; round++)
                series.Add(await bench.Server.Client.OpenPage(page, cancellationToken));
            bench.Report.Add(new Measure
            {
                Scenario = Name,
                Name = $"dashboard: the page /{page}, whole, p50",
                Unit = "ms",
                Value = bench.Report.Of($"dashboard: /{page}").P50,
                Target = Target.AtMost(MostMilliseconds),
            });
        }
    }
}
