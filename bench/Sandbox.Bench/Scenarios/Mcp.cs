using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>What the door for MCP clients adds to a step.</summary>
internal sealed class Mcp : IScenario
{
    private const int StepsPerSession = 40;
    private const double MostBeyond = 2;

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(60);

    private const string Rest = "mcp: the same step by REST";
    private const string Called = "mcp: run_code x += 1";

    public string Name => "mcp";

    public string Description => $"run_code on a live session by MCP, and the same step by REST, in turns: {StepsPerSession} of each in a session";

    public ServerProfile Profile => ServerProfile.Warm;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
        await bench.Rounds(bench.Options.Rounds / 2, (series, token) => Round(bench, series, token), cancellationToken, Most);
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = "mcp: run_code on a live session, beyond the REST step, p50",
            Unit = "ms",
            Value = bench.Report.Of(Called).P50 - bench.Report.Of(Rest).P50,
            Target = Target.AtMost(MostBeyond),
        });
    }

    private static async Task Round(Bench bench, Func<string, Series> series, CancellationToken cancellationToken)
    {
        var client = bench.Server.Client;
        var (_, id) = await client.CreateSession(cancellationToken);
        await client.RunStep(id, StepBody.First, cancellationToken);
        for (var step = 0; step < StepsPerSession; step++)
        {
            series(Rest).Add(await client.RunStep(id, StepBody.Increment, cancellationToken));
            series(Called).Add(await client.CallTool(McpBody.Increment(id), cancellationToken));
        }

        await client.EndSession(id, cancellationToken);
    }
}
