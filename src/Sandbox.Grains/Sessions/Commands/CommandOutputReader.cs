using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Sessions.Steps;

namespace Sandbox.Grains.Sessions.Commands;

/// <summary>
/// Reads a background command's output from where it is: the newest is in the memory of the run, and everything that is
/// kept, but perhaps the newest, in the store. Nothing is read that was not asked for.
/// </summary>
internal sealed class CommandOutputReader(IOutputStore store, StepRecord record, StepRun? run)
{
    private const int PageBytes = 256 * 1024;

    private string Owner => $"{record.SessionId}/{record.Sequence}";

    /// <summary>Events above an id.</summary>
    public async Task<OutputEventPage> Events(StepRecord now, long after, CancellationToken cancellationToken)
    {
        var pieces = await After(StepTimeline.PieceOf(after), PageBytes, cancellationToken);
        // Without a new piece, or with the last one, comes the end.
        var last = now.Ended ? await LastOutput(now, cancellationToken) : 0;
        var isWhole = now.Ended && (pieces.Count == 0 || pieces[^1].Id >= last);
        var events = StepTimeline.Of(isWhole ? now : Running(now), pieces, last).Where(entry => entry.Id > after).ToList();
        return new OutputEventPage(events, isWhole);
    }

    /// <summary>A part of a stream, from an offset on.</summary>
    public async Task<CommandOutput> Read(StepRecord now, string? stream, long from, int limit, CancellationToken cancellationToken)
    {
        var place = run?.Output.Locate(stream, from) ?? await store.Locate(Owner, stream, from, cancellationToken);
        var (after, at) = (place.After, place.Totals);
        using var data = new MemoryStream();
        long? start = null;
        IReadOnlyList<OutputEvent> pieces;
        do
        {
            pieces = await After(after, PageBytes, cancellationToken);
            foreach (var piece in pieces)
            {
                var before = at.Of(stream);
                at = at.Plus(piece);
                after = piece.Id;
                if (piece.Kind != OutputEventKinds.Dropped && (stream is null || piece.Kind == stream) && piece.Data.Length > 0)
                {
                    start ??= Math.Max(before, from);
                    var skip = (int)Math.Clamp(from - before, 0, piece.Data.Length);
                    data.Write(piece.Data, skip, Math.Min(piece.Data.Length - skip, limit - (int)data.Length));
                }

                if (data.Length >= limit)
                    break;
            }
        }
        while (pieces.Count > 0 && data.Length < limit);
        var bytes = data.ToArray();
        var behind = (start ?? Math.Max(from, at.Of(stream))) + bytes.Length;
        var counted = now.Ended || run is null ? new OutputTotals(now.Background!.StdoutBytes, now.Background.StderrBytes) : run.Output.Totals;
        var total = Math.Max(at.Of(stream), counted.Of(stream));
        return new CommandOutput(bytes, behind - bytes.Length, total, now.Ended && behind >= at.Of(stream) && pieces.Count == 0);
    }

    private async Task<IReadOnlyList<OutputEvent>> After(long id, int maxBytes, CancellationToken cancellationToken) =>
        run?.Output.ReadAfter(id) ?? await store.Read(Owner, id, maxBytes, cancellationToken);

    // Whoever ended the session and died has not counted the command's output.
    private async ValueTask<long> LastOutput(StepRecord ended, CancellationToken cancellationToken) =>
        ended.Background!.LastOutput is > 0 and var last ? last : (await store.Locate(Owner, null, long.MaxValue, cancellationToken)).After;

    private static StepRecord Running(StepRecord now) => now with { Status = StepStatus.Running, FinishedAt = null };
}
