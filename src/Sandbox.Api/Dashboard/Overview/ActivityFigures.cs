namespace Sandbox.Api.Dashboard.Overview;

/// <summary>What a process has done in the last hour, and does now.</summary>
public sealed record ActivityFigures
{
    /// <summary>Jobs that ended in each of the last sixty minutes, the oldest first.</summary>
    public required IReadOnlyList<long> JobsByMinute { get; init; }

    /// <summary>Starts of sandboxes that the times are of.</summary>
    public required int Starts { get; init; }

    /// <summary>Seconds that half of them took at most; null where there were none.</summary>
    public required double? StartMedian { get; init; }

    /// <summary>Seconds that 95 % of them took at most.</summary>
    public required double? StartSlow { get; init; }

    /// <summary>Jobs that wait for room.</summary>
    public required long Queued { get; init; }

    /// <summary>Jobs that hold room.</summary>
    public required long Running { get; init; }

    /// <summary>Sandboxes that wait for work.</summary>
    public required long Ready { get; init; }
}
