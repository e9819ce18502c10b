using Sandbox.Bench.Baselines;
using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>As <see cref="OneShot"/>, in gVisor.</summary>
internal sealed class Strong : IScenario
{
    private const double Factor = 3;

    // A gVisor sandbox takes long to make: fewer rounds than the others, for the same time.
    private const int RoundsShare = 2;

    private const string Jobs = "strong: job, warm pool";
    private const string Python = "strong: " + PythonBaseline.Title;
    private const string Title = "one-shot python, gVisor, warm pool, p50";

    public string Name => "strong";

    public string Description => $"the same with isolation \"strong\" (gVisor); {ServerProfile.StrongPython} jobs, refill, baseline, and again";

    public ServerProfile Profile => ServerProfile.WarmStrong;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        if (await bench.Server.Client.WhyRefused(JobBody.Strong, cancellationToken) is { } reason)
        {
            bench.Report.Add(new Measure { Scenario = Name, Name = Title, Unit = "ms", Note = $"not available here: {reason}" });
            return;
        }

        await bench.Server.Pool.Settle("strong", ServerProfile.StrongPython, cancellationToken);
        await bench.Rounds(Math.Max(1, bench.Options.Rounds / RoundsShare), (series, token) => Round(bench, series, token), cancellationToken);
        var python = bench.Report.Of(Python).P50;
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = Title,
            Unit = "ms",
            Value = bench.Report.Of(Jobs).P50,
            Target = Target.AtMost(Factor * python, $"{Factor} x bare python3"),
            Baselines = [new BaselineValue(PythonBaseline.Title, python)],
        });
    }

    private static async Task Round(Bench bench, Func<string, Series> series, CancellationToken cancellationToken)
    {
        for (var i = 0; i < ServerProfile.StrongPython; i++)
            series(Jobs).Add(await bench.Server.Client.RunJob(JobBody.Strong, cancellationToken));
        await bench.Server.Pool.Settle("strong", ServerProfile.StrongPython, cancellationToken);
        for (var i = 0; i < ServerProfile.StrongPython; i++)
            series(Python).Add(Clock.MillisecondsOf(() => bench.Baselines.Python.Run(0, cancellationToken)));
    }
}
