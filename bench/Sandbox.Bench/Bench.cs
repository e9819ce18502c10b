using System.Diagnostics;
using Sandbox.Bench.Baselines;
using Sandbox.Bench.Measurement;
using Sandbox.Bench.Reporting;
using Sandbox.Bench.Server;

namespace Sandbox.Bench;

/// <summary>What a scenario works with.</summary>
internal sealed record Bench(BenchOptions Options, SandboxServer Server, BaselineSet Baselines, Report Report, Progress Progress)
{
    /// <summary>Rounds that count however long they take.</summary>
    public const int LeastRounds = 4;

    /// <summary>Runs rounds in turn; the first ones, for warming up, with series that nobody reads.</summary>
    /// <param name="count">Rounds that count.</param>
    /// <param name="round">One round: adds its times to the series that it asks for by name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="most">Time after which no further round begins, once <see cref="LeastRounds"/> have counted.</param>
    public async Task Rounds(int count, Func<Func<string, Series>, CancellationToken, Task> round, CancellationToken cancellationToken, TimeSpan? most = null)
    {
        var begin = Stopwatch.GetTimestamp();
        var unread = new Report();
        for (var i = 0; i < Options.WarmupRounds; i++)
        {
            Progress.Step("warming up", i + 1, Options.WarmupRounds);
            await round(name => unread.Series(name, "ms"), cancellationToken);
        }

        for (var i = 0; i < count && (i < LeastRounds || most is null || Stopwatch.GetElapsedTime(begin) < most); i++)
        {
            Progress.Step("round", i + 1, count);
            await round(name => Report.Series(name, "ms"), cancellationToken);
        }
    }
}
