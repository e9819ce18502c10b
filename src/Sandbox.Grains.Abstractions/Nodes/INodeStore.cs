using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Grains.Abstractions.Nodes;

/// <summary>What is durable of nodes.</summary>
public interface INodeStore
{
    /// <summary>The nodes that take no new work, and since when.</summary>
    Task<IReadOnlyDictionary<string, DateTimeOffset>> ListDraining(CancellationToken cancellationToken = default);

    /// <summary>Says that a node takes no new work, or takes work again. Where that is so already, nothing is written.</summary>
    /// <param name="node">The node.</param>
    /// <param name="on">Whether it takes none.</param>
    /// <param name="what">Recorded with it, or neither is written.</param>
    /// <param name="cancellationToken">Cancels the write as long as it has not begun.</param>
    Task SetDraining(string node, bool on, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>Counts what a node has that has not ended.</summary>
    Task<NodeWork> CountWork(string node, CancellationToken cancellationToken = default);
}
