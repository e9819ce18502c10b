using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Nodes;

/// <summary>The nodes of the cluster.</summary>
public interface INodes
{
    /// <summary>All nodes in the order of their names: those with a process that answers, and those that are to be empty.</summary>
    Task<IReadOnlyList<NodeInfo>> List(CancellationToken cancellationToken = default);

    /// <summary>A node by its name.</summary>
    Task<NodeInfo?> Find(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// From the answer on a node takes no new work, in no process, also after a restart; or takes work again. What it has goes on.
    /// Null where there is no such node. Doing it again changes nothing, and tells all processes again.
    /// </summary>
    Task<NodeInfo?> SetDrain(Caller caller, string name, bool on, CancellationToken cancellationToken = default);
}
