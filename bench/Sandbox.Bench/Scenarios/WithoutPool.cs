using Sandbox.Bench.Baselines;
using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>A job, or a session to its first result, whose sandbox is made for it, against <c>runc run</c> of the same, in turn.</summary>
/// <param name="name">Name of the scenario.</param>
/// <param name="description">What is measured.</param>
/// <param name="line">Name of its line in the results.</param>
/// <param name="once">Does it once, and answers with the milliseconds until its result was here.</param>
internal sealed class WithoutPool(string name, string description, string line, Func<SandboxClient, CancellationToken, Task<double>> once) : IScenario
{
    private const double Factor = 1.3;
    private const int PerRound = 3;

    // The sandbox of the one before is removed after its answer: that shall be over when the next begins.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    /// <summary>Jobs.</summary>
    public static WithoutPool Jobs { get; } = new(
        "without-pool",
        "one-shot with the pool off: each sandbox is made for its job; in turn with runc run",
        "one-shot python, no pool, p50",
        static (client, token) => client.RunJob(JobBody.Standard, token));

    /// <summary>Sessions.</summary>
    public static WithoutPool Sessions { get; } = new(
        "sessions-without-pool",
        "POST /v1/sessions and its first step with the pool off; in turn with runc run",
        "session: create to first result, no pool, p50",
        FirstResult);

    public string Name => name;

    public string Description => description;

    public ServerProfile Profile => ServerProfile.WithoutPool;

    private string Ours => $"{name}: ours";

    private string Runc => $"{name}: {RuncBaseline.Title}";

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await bench.Rounds(bench.Options.Rounds, (series, token) => Round(bench, series, token), cancellationToken);
        var runc = bench.Report.Of(Runc).P50;
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = line,
            Unit = "ms",
            Value = bench.Report.Of(Ours).P50,
            Target = Target.AtMost(Factor * runc, $"{Factor} x runc run"),
            Baselines = [new BaselineValue(RuncBaseline.Title, runc)],
        });
    }

    private async Task Round(Bench bench, Func<string, Series> series, CancellationToken cancellationToken)
    {
        for (var i = 0; i < PerRound; i++)
        {
            series(Ours).Add(await once(bench.Server.Client, cancellationToken));
            await Task.Delay(Rest, cancellationToken);
            series(Runc).Add(Clock.MillisecondsOf(() => bench.Baselines.Runc.Run(0, cancellationToken)));
            await Task.Delay(Rest, cancellationToken);
        }
    }

    private static async Task<double> FirstResult(SandboxClient client, CancellationToken cancellationToken)
    {
        var (created, id) = await client.CreateSession(cancellationToken);
        var stepped = await client.RunStep(id, StepBody.First, cancellationToken);
        await client.EndSession(id, cancellationToken);
        return created + stepped;
    }
}
