using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>
/// The events of a step as readers see them. Ids follow from the agent's numbers alone, so that they are the same
/// whoever reads, before or after a crash: 4096 for each piece of output, and within them one for each line that ends there.
/// </summary>
internal static class StepTimeline
{
    // A piece has 64 KiB, and no line that counts fewer than 16 bytes.
    private const int IdsPerPiece = 4096;
    private const long Started = 1;

    /// <summary>The last piece of output that a reader at an event has seen.</summary>
    public static long PieceOf(long id) => id / IdsPerPiece;

    /// <summary>All events, in order.</summary>
    /// <param name="record">The step.</param>
    /// <param name="output">Its output, or a part of it.</param>
    /// <param name="last">The last piece of its output, where that need not be the last of the part.</param>
    public static IEnumerable<OutputEvent> Of(StepRecord record, IReadOnlyList<OutputEvent> output, long? last = null)
    {
        // Where output is read after the record, it may be here before the word that it has started; what comes later than its turn is missed.
        if (record.StartedAt is not null || output.Count > 0)
            yield return new OutputEvent(Started, OutputEventKinds.Status, EventJson.Object(writer => writer.WriteString("status", EventJson.NameOf(StepStatus.Running))));
        var lines = new RichLines();
        foreach (var piece in output)
        {
            var first = piece.Id * IdsPerPiece;
            if (piece.Kind != OutputEventKinds.Rich)
            {
                yield return piece with { Id = first };
                continue;
            }

            var index = 0;
            foreach (var (kind, data) in lines.Add(piece.Data).Take(IdsPerPiece))
                yield return new OutputEvent(first + index++, kind, data);
        }

        if (record.Ended)
            yield return new OutputEvent(((last ?? (output.Count > 0 ? output[^1].Id : 0)) + 1) * IdsPerPiece, OutputEventKinds.End, End(record));
    }

    private static byte[] End(StepRecord record) => EventJson.Object(writer =>
    {
        writer.WriteString("status", EventJson.NameOf(record.Status));
        if (record.Cause is { } cause)
            writer.WriteString("cause", cause);
        if (record.ExitCode is { } exitCode)
            writer.WriteNumber("exitCode", exitCode);
        if (record.Signal is { } signal)
            writer.WriteString("signal", signal);
        if (record.KernelEnded)
            writer.WriteBoolean("kernelEnded", true);
    });
}
