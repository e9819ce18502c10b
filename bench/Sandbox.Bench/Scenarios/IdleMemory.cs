using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;

namespace Sandbox.Bench.Scenarios;

/// <summary>What a sandbox costs that waits for work, by its cgroup: agent, interpreter and what the kernel keeps for them.</summary>
internal sealed class IdleMemory : IScenario
{
    private const double MostMegabytes = 20;
    private const string Python = "memory: idle python sandbox";

    public string Name => "memory";

    public string Description => "memory of fresh idle python sandboxes, each by its cgroup";

    public ServerProfile Profile => ServerProfile.Warm;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await bench.Server.Pool.Settle("standard", ServerProfile.WarmPython, cancellationToken);
        var series = bench.Report.Series(Python, "MB");
        foreach (var sandbox in SandboxCgroups.Of(bench.Server.Instance).Where(sandbox => sandbox.Runs("python3")))
            series.Add(sandbox.MemoryBytes / 1e6);
        bench.Report.Add(new Measure
        {
            Scenario = Name,
            Name = "memory of an idle python sandbox, median",
            Unit = "MB",
            Value = bench.Report.Of(Python).P50,
            Target = Target.AtMost(MostMegabytes),
        });
    }
}
