using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Dashboard.Workflows;

/// <summary>
/// Places the steps of a workflow: each in the column behind the last of those it depends on, and in rows so that few lines cross. A line over
/// several columns has a place of its own in each, so that it leads through no step. Pure.
/// </summary>
internal static class GraphLayout
{
    /// <summary>More steps than these are a table's, not a drawing's.</summary>
    public const int MostSteps = 150;

    private const int MostSlots = 1500;
    private const int Sweeps = 4;
    private const int ColumnGap = 64;
    private const int RowGap = 20;
    private const int Margin = 8;

    /// <summary>The drawing; null where there are too many steps or lines for one.</summary>
    public static WorkflowGraph? Of(IReadOnlyList<WorkflowStepView> steps)
    {
        if (steps.Count is 0 or > MostSteps)
            return null;
        var columns = ColumnsOf(steps);
        // Looked at before there are any: a few lines can have hundreds of thousands of them.
        var bends = steps.Sum(step => step.DependsOn.Sum(before => Math.Max(0, columns[step.Id] - columns.GetValueOrDefault(before, columns[step.Id]) - 1)));
        if (steps.Count + bends > MostSlots)
            return null;
        var slots = steps.ToDictionary(static step => step.Id, step => new Slot(step, columns[step.Id]), StringComparer.Ordinal);
        var chains = (from step in steps from before in step.DependsOn where slots.ContainsKey(before) select Chain(slots[before], slots[step.Id])).ToList();
        var all = steps.Select(step => slots[step.Id]).Concat(chains.SelectMany(static chain => chain[1..^1])).ToList();
        var rows = all.GroupBy(static slot => slot.Column).OrderBy(static column => column.Key).Select(static column => column.ToList()).ToList();
        Order(rows);
        return Draw(rows, chains);
    }

    private static Dictionary<string, int> ColumnsOf(IReadOnlyList<WorkflowStepView> steps)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var open = steps.ToList();
        while (open.Count > 0)
        {
            var placed = open.FindAll(step => step.DependsOn.All(before => columns.ContainsKey(before) || !open.Exists(other => other.Id == before)));
            // There is no circle in what was accepted; one would be drawn as it comes.
            foreach (var step in placed.Count > 0 ? placed : open)
                columns[step.Id] = step.DependsOn.Select(before => columns.GetValueOrDefault(before, -1)).Append(-1).Max() + 1;
            open.RemoveAll(step => columns.ContainsKey(step.Id));
        }

        return columns;
    }

    private static Slot[] Chain(Slot from, Slot to)
    {
        var bends = Enumerable.Range(from.Column + 1, Math.Max(0, to.Column - from.Column - 1)).Select(static column => new Slot(null, column));
        Slot[] chain = [from, .. bends, to];
        for (var at = 1; at < chain.Length; at++)
        {
            chain[at].Before.Add(chain[at - 1]);
            chain[at - 1].After.Add(chain[at]);
        }

        return chain;
    }

    // Each place moves to the middle of its neighbours, forwards and backwards in turn.
    private static void Order(List<List<Slot>> columns)
    {
        columns.ForEach(Number);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var isForwards = sweep % 2 == 0;
            foreach (var column in isForwards ? columns : Enumerable.Reverse(columns))
            {
                column.Sort((one, other) => Middle(one, isForwards).CompareTo(Middle(other, isForwards)) is var by and not 0 ? by : one.Row.CompareTo(other.Row));
                Number(column);
            }
        }
    }

    private static double Middle(Slot slot, bool ofBefore) =>
        (ofBefore ? slot.Before : slot.After) is { Count: > 0 } neighbours ? neighbours.Average(static other => other.Row) : slot.Row;

    private static void Number(List<Slot> column)
    {
        for (var row = 0; row < column.Count; row++)
            column[row].Row = row;
    }

    private static WorkflowGraph Draw(List<List<Slot>> columns, List<Slot[]> chains)
    {
        const int RowHeight = WorkflowGraph.NodeHeight + RowGap;
        var height = (columns.Max(static column => column.Count) * RowHeight) - RowGap;
        foreach (var column in columns)
        {
            var top = (height - ((column.Count * RowHeight) - RowGap)) / 2;
            foreach (var slot in column)
                (slot.X, slot.Y) = (Margin + (slot.Column * (WorkflowGraph.NodeWidth + ColumnGap)), Margin + top + (slot.Row * RowHeight));
        }

        return new WorkflowGraph(
            (columns.Count * (WorkflowGraph.NodeWidth + ColumnGap)) - ColumnGap + (2 * Margin),
            height + (2 * Margin),
            [.. from column in columns from slot in column let step = slot.Step where step is not null select new GraphNode(step, slot.X, slot.Y)],
            [.. chains.Select(static chain => new GraphEdge(chain[0].Step!, chain[^1].Step!, PathOf(chain)))]);
    }

    private static string PathOf(Slot[] chain)
    {
        var path = FormattableString.Invariant($"M{chain[0].X + WorkflowGraph.NodeWidth} {chain[0].Middle}");
        for (var at = 1; at < chain.Length; at++)
        {
            var (from, to) = (chain[at - 1], chain[at]);
            var (left, right) = (from.X + WorkflowGraph.NodeWidth, to.X);
            var bend = (left + right) / 2;
            path += FormattableString.Invariant($" C{bend} {from.Middle} {bend} {to.Middle} {right} {to.Middle}");
            if (to.Step is null)
                path += FormattableString.Invariant($" H{to.X + WorkflowGraph.NodeWidth}");
        }

        return path;
    }

    // The place of a step, or of a line that passes.
    private sealed class Slot(WorkflowStepView? step, int column)
    {
        public WorkflowStepView? Step { get; } = step;

        public int Column { get; } = column;

        public List<Slot> Before { get; } = [];

        public List<Slot> After { get; } = [];

        public int Row { get; set; }

        public int X { get; set; }

        public int Y { get; set; }

        public int Middle => Y + (WorkflowGraph.NodeHeight / 2);
    }
}
