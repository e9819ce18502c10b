using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>Reads a step's output from where it is: the run that goes on, the record's tail, the output store.</summary>
internal static class StepReader
{
    private const int PageBytes = 1 << 20;

    /// <summary>The step with its output, of each stream no more than so many bytes.</summary>
    public static async Task<StepView> View(SessionOutputs outputs, StepRecord record, StepRun? run, int mostBytes, CancellationToken cancellationToken) =>
        StepViews.WithOutput(record, await Output(outputs, record, run, cancellationToken), mostBytes);

    /// <summary>Events after an id, about <see cref="PageBytes"/> at most.</summary>
    public static async Task<OutputEventPage> Events(
        SessionOutputs outputs, StepRecord record, StepRun? run, long after, CancellationToken cancellationToken)
    {
        var all = StepTimeline.Of(record, await Output(outputs, record, run, cancellationToken)).Where(entry => entry.Id > after);
        var page = new List<OutputEvent>();
        var bytes = 0;
        var more = false;
        foreach (var entry in all)
        {
            more = bytes >= PageBytes;
            if (more)
                break;
            page.Add(entry);
            bytes += entry.Data.Length;
        }

        return new OutputEventPage(page, record.Ended && !more);
    }

    // All of it, however little is asked for: lines of rich output may begin long before the piece that ends them.
    private static async Task<IReadOnlyList<OutputEvent>> Output(
        SessionOutputs outputs, StepRecord record, StepRun? run, CancellationToken cancellationToken)
    {
        if (!record.Ended && run is not null && run.Output.IsWhole)
            return run.Output.Read();
        if (record is { Ended: true, OutputStored: false })
            return record.Tail;
        var stored = await outputs.Read(record, cancellationToken);
        var recent = record.Ended ? record.Tail : run?.Output.Read() ?? [];
        return [.. stored, .. recent.Where(entry => stored.Count == 0 || entry.Id > stored[^1].Id)];
    }
}

/// <summary>Output of a session's steps in the store.</summary>
internal readonly record struct SessionOutputs(IOutputStore Store)
{
    public Task<IReadOnlyList<OutputEvent>> Read(StepRecord record, CancellationToken cancellationToken) =>
        Store.Read($"{record.SessionId}/{record.Sequence}", 0, int.MaxValue, cancellationToken);
}
