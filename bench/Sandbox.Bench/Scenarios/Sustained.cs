using Sandbox.Bench.Baselines;
using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>As many jobs as can be done by eight callers at a time: the pool is soon empty, and making sandboxes decides.</summary>
internal sealed class Sustained : IScenario
{
    /// <summary>Callers at a time.</summary>
    public const int Workers = 8;

    private const string Latency = "sustained: job, 8 at a time";

    public string Name => "sustained";

    public string Description => $"{Workers} callers at a time; runc run for half of the time, jobs for all of it, runc run for the other half";

    public ServerProfile Profile => ServerProfile.Warm;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        var duration = TimeSpan.FromSeconds(bench.Options.SustainedSeconds);
        await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
        bench.Progress.Say($"runc run, {duration.TotalSeconds / 2} s");
        var before = await Runc(bench, duration / 2, cancellationToken);
        bench.Progress.Say($"jobs, {duration.TotalSeconds} s");
        var jobs = await Jobs(bench, duration, cancellationToken);
        await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
        bench.Progress.Say($"runc run, {duration.TotalSeconds / 2} s");
        Report(bench, jobs, before.Plus(await Runc(bench, duration / 2, cancellationToken)));
    }

    private static Task<LoadResult> Jobs(Bench bench, TimeSpan duration, CancellationToken cancellationToken)
    {
        var latency = bench.Report.Series(Latency, "ms");
        return Load.Run(
            Workers, duration, async (_, token) => latency.Add(await bench.Server.Client.RunJob(JobBody.Standard, token)), cancellationToken);
    }

    private static Task<LoadResult> Runc(Bench bench, TimeSpan duration, CancellationToken cancellationToken)
    {
        var latency = bench.Report.Series($"sustained: {RuncBaseline.Title}, 8 at a time", "ms");
        return Load.Run(
            Workers,
            duration,
            (worker, token) =>
            {
                latency.Add(Clock.MillisecondsOf(() => bench.Baselines.Runc.Run(worker, token)));
                return Task.CompletedTask;
            },
            cancellationToken);
    }

    private void Report(Bench bench, LoadResult jobs, LoadResult runc)
    {
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = $"sustained, {Workers} at a time, {bench.Options.SustainedSeconds} s",
            Unit = "jobs/s",
            Value = jobs.PerSecond,
            Target = Target.AtLeast(runc.PerSecond, "runc run"),
            Baselines = [new BaselineValue(RuncBaseline.Title, runc.PerSecond)],
            Note = runc.Failed == 0 ? null : $"runc run failed {runc.Failed} times; the first: {runc.FirstFailure}",
        });
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = $"sustained, failures of {jobs.Done + jobs.Failed} jobs",
            Unit = "jobs",
            Value = jobs.Failed,
            Target = Target.AtMost(0),
            Note = jobs.FirstFailure,
        });
    }
}
