using Sandbox.Grains.Abstractions.Output;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Output;

/// <summary>The sizes of an output's events, without their bytes, and the removal of the oldest of them.</summary>
internal static class DroppedOutput
{
    /// <summary>Every event of an owner, in order.</summary>
    public static IEnumerable<OutputExtent> Extents(SqliteSession session, string owner)
    {
        // The length of a blob is read without the blob; the one event that says what was dropped is short.
        using var statement = session.Prepare(
            "SELECT event_id, kind, length(data), CASE kind WHEN 'dropped' THEN data END FROM job_output WHERE job_id = ? ORDER BY event_id");
        statement.Bind(owner);
        while (statement.Step())
        {
            var kind = statement.Text(1);
            yield return new OutputExtent(statement.Int64(0), kind, statement.Int64(2), kind == OutputEventKinds.Dropped ? OutputTotals.Parse(statement.Blob(3).ToArray()) : null);
        }
    }

    /// <summary>Removes the oldest events until the rest costs at most so much; how many rows were removed.</summary>
    public static int Trim(SqliteSession session, string owner, long keepBytes)
    {
        var extents = Extents(session, owner).ToList();
        var first = extents.Count;
        for (var left = keepBytes; first > 0 && (left -= extents[first - 1].Cost) >= 0;)
            first--;
        // The mark of an earlier removal stays as it is when nothing behind it goes.
        if (first == 0 || (first == 1 && extents[0].Dropped is not null))
            return 0;
        var totals = extents.Take(first).Aggregate(default(OutputTotals), static (before, extent) => extent.Behind(before));
        var mark = totals.ToDropped(extents[first - 1].Id);
        using var delete = session.Prepare("DELETE FROM job_output WHERE job_id = ? AND event_id <= ?");
        var removed = delete.Bind(owner).Bind(mark.Id).Execute();
        using var insert = session.Prepare("INSERT INTO job_output(job_id, event_id, kind, data) VALUES(?, ?, ?, ?)");
        insert.Bind(owner).Bind(mark.Id).Bind(mark.Kind).Bind(mark.Data.AsSpan()).Execute();
        return removed;
    }
}

/// <summary>An event without its bytes.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Bytes">How many bytes it has.</param>
/// <param name="Dropped">Set where it stands for what was removed: all that came before.</param>
internal readonly record struct OutputExtent(long Id, string Kind, long Bytes, OutputTotals? Dropped)
{
    public long Cost => Bytes + IOutputStore.EventCost;

    public OutputTotals Behind(OutputTotals before) => Dropped ?? before.Plus(Kind, Bytes);
}
