using System.Diagnostics;
using Sandbox.Bench.Measurement;
using Sandbox.Bench.Server;
using Sandbox.Runtime;

namespace Sandbox.Bench.Scenarios;

/// <summary>Saving a gVisor sandbox with its memory and restoring it, by the runtime itself: what encryption, storage and HTTP add is not in it.</summary>
internal sealed class SavedMemory : IScenario
{
    private const int Forks = 5;

    private const string Save = "saved memory: save";
    private const string GoOn = "saved memory: go on in place, first result";
    private const string Restore = "saved memory: restore, first result";
    private const string Fork = "saved memory: fork of 5, first results";

    // What a session of a data scientist has at least; where it is not installed, the note says so.
    private const string Prepare = "import numpy, sys\nx = numpy.arange(1000)";
    private const string Show = "print(int(x[41]))";
    private const string Shown = "41\n";

    public string Name => "saved-memory";

    public string Description => "gVisor sandbox with numpy imported: save with memory, go on, restore, fork 5";

    public ServerProfile Profile => ServerProfile.WithoutPool;

    public async Task Run(Bench bench, CancellationToken cancellationToken)
    {
        await using var node = await RuntimeNode.Start(Repository.Find(), cancellationToken);
        if (!node.Runtime.WithMemory.Contains(IsolationClass.Strong))
        {
            bench.Report.Add(new Measure { Scenario = Name, Name = "save with memory", Unit = "ms", Note = "not available here: no gVisor that saves and restores" });
            return;
        }

        var sandbox = await node.StartPython(RuntimeNode.Strong, cancellationToken);
        await RuntimeNode.Step(sandbox, Prepare, cancellationToken);
        if (await RuntimeNode.Step(sandbox, Show, cancellationToken) != Shown)
            throw new BenchException("numpy is missing: apt-get install python3-numpy");
        await sandbox.DisposeAsync();
        await bench.Rounds(bench.Options.Rounds, (series, token) => Round(node, sandbox.Id, series, token), cancellationToken);
        Add(bench, "save with memory, p50", Save, 300);
        Add(bench, "restore to first result, p50", Restore, 500);
        Add(bench, $"save and {Forks} forks, each to its first result, p50", Fork, 1500);
    }

    private void Add(Bench bench, string name, string series, double most) => bench.Report.Add(new Measure
    {
        Scenario = Name,
        Name = name,
        Unit = "ms",
        Value = bench.Report.Of(series).P50,
        Target = Target.AtMost(most),
    });

    private static async Task Round(RuntimeNode node, SandboxId id, Func<string, Series> series, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        await using (var image = await node.Runtime.Checkpoint(id, stop: false, cancellationToken))
        {
            series(Save).Add(Since(begin));
            await using (var inPlace = await Found(node, id, cancellationToken))
                await Check(inPlace, cancellationToken);
            series(GoOn).Add(Since(begin));

            begin = Stopwatch.GetTimestamp();
            var restored = await Restored(node, image, cancellationToken);
            series(Restore).Add(Since(begin));
            await node.Remove(restored);
        }

        begin = Stopwatch.GetTimestamp();
        await using (var image = await node.Runtime.Checkpoint(id, stop: false, cancellationToken))
        {
            var forks = await Task.WhenAll(Enumerable.Range(0, Forks).Select(_ => Restored(node, image, cancellationToken)));
            series(Fork).Add(Since(begin));
            await Task.WhenAll(forks.Select(node.Remove));
            await using var inPlace = await Found(node, id, cancellationToken);
        }
    }

    private static async Task<SandboxHandle> Found(RuntimeNode node, SandboxId id, CancellationToken cancellationToken) =>
        await node.Runtime.Find(id, cancellationToken) ?? throw new BenchException("The sandbox that was saved did not go on.");

    private static async Task<SandboxHandle> Restored(RuntimeNode node, SandboxImage image, CancellationToken cancellationToken)
    {
        var restored = await node.Runtime.Restore(RuntimeNode.Strong, image, cancellationToken);
        await Check(restored, cancellationToken);
        return restored;
    }

    private static async Task Check(SandboxHandle sandbox, CancellationToken cancellationToken)
    {
        if (await RuntimeNode.Step(sandbox, Show, cancellationToken) is var shown && shown != Shown)
            throw new BenchException($"The sandbox has forgotten: {shown}");
    }

    private static double Since(long begin) => Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
}
