using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Nodes;

/// <summary>Nodes as people read them.</summary>
internal static class NodeTable
{
    private const int StatusColumn = 1;

    private static readonly string[] s_headings = ["NAME", "STATUS", "JOBS", "QUEUED", "SESSIONS", "SERVICES", "FREE MEMORY", "POOL", "HEARTBEAT"];

    public static void WriteList(CliConsole console, IReadOnlyList<Node> nodes) => TextTable.Write(console, s_headings, [.. nodes.Select(Row)], StatusColumn);

    public static void WriteOne(CliConsole console, Node node)
    {
        Line("name", node.Name);
        Line("status", node.Status);
        Line("draining", node.DrainingSince is { } since ? $"since {TextTable.Time(since)}" : null);
        Line("isolation", string.Join(", ", node.Isolation));
        Line("jobs", $"{node.Work.RunningJobs} of {node.Capacity.Jobs} run, {node.Work.QueuedJobs} of {node.Capacity.QueuedJobs} wait");
        Line("sessions", $"{node.Work.LiveSessions} live, {node.Work.PausedSessions} paused, {node.Work.StoredSessions} on disk");
        Line("services", $"{node.Work.Services}");
        Line("memory", $"{Units.Bytes(node.Free.MemoryBytes)} of {Units.Bytes(node.Capacity.MemoryBytes)} free");
        foreach (var pool in node.Pools)
            Line("pool", $"{pool.Ready} of {pool.Template}{(pool.Language is null ? string.Empty : $", {pool.Language}")}, {pool.Isolation}");
        foreach (var process in node.Processes)
            Line("process", $"{process.Name} at {process.Address}, since {TextTable.Time(process.StartedAt)}, heard {TextTable.Time(process.HeartbeatAt)}");

        void Line(string name, string? value) => TextTable.WriteField(console, name, value is null ? null : Printable.Line(value));
    }

    /// <summary>What a node still has, in a line.</summary>
    public static string Left(Node node) =>
        $"{node.Work.RunningJobs + node.Work.QueuedJobs} jobs, {node.Work.LiveSessions + node.Work.PausedSessions} sessions, {node.Work.Services} services";

    private static string[] Row(Node node) =>
    [
        Printable.Line(node.Name), Printable.Line(node.Status), $"{node.Work.RunningJobs}/{node.Capacity.Jobs}", $"{node.Work.QueuedJobs}",
        $"{node.Work.LiveSessions + node.Work.PausedSessions}/{node.Capacity.Sessions}", $"{node.Work.Services}", Units.Bytes(node.Free.MemoryBytes),
        $"{node.Pools.Sum(pool => pool.Ready)}", TextTable.Time(node.LastHeartbeatAt),
    ];
}
