namespace Sandbox.Grains.Abstractions.Workflows;

/// <summary>
/// Lists of workflows, from query tables that are written in the same transaction as the workflows' state.
/// Reads see every acknowledged write.
/// </summary>
public interface IWorkflowQueries
{
    /// <summary>Workflows of a tenant, newest first, without their steps.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="filter">What to keep.</param>
    /// <param name="cursor">Where the page before ended; null for the first page.</param>
    /// <param name="limit">1 to 1000.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    Task<WorkflowPage> List(string tenantId, WorkflowFilter filter, WorkflowCursor? cursor, int limit, CancellationToken cancellationToken = default);

    /// <summary>How many workflows of a tenant have not ended.</summary>
    Task<int> CountOpen(string tenantId, CancellationToken cancellationToken = default);

    /// <summary>Every workflow of a node that has not ended, in order of creation.</summary>
    IAsyncEnumerable<WorkflowId> ListOpen(string node, CancellationToken cancellationToken = default);

    /// <summary>Up to <paramref name="limit"/> workflows, of all tenants, that ended before <paramref name="endedBefore"/>.</summary>
    Task<IReadOnlyList<WorkflowId>> ListEnded(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default);
}

/// <summary>Filter of a list; null members filter nothing.</summary>
/// <param name="Status">Only workflows in this state.</param>
/// <param name="Metadata">Only workflows that carry all of these labels with these values.</param>
public sealed record WorkflowFilter(WorkflowStatus? Status, IReadOnlyDictionary<string, string> Metadata);

/// <summary>Key of the last row of a page (keyset pagination).</summary>
/// <param name="CreatedAt">Its creation time.</param>
/// <param name="Id">Its id.</param>
public sealed record WorkflowCursor(DateTimeOffset CreatedAt, WorkflowId Id);

/// <summary>A page of workflows.</summary>
/// <param name="Items">The workflows.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record WorkflowPage(IReadOnlyList<WorkflowView> Items, WorkflowCursor? Next);

/// <summary>The row of a workflow in the query tables.</summary>
/// <param name="Id">The workflow.</param>
/// <param name="TenantId">Its tenant.</param>
/// <param name="Node">The node that is responsible for it.</param>
/// <param name="View">The workflow as lists show it: without its steps.</param>
/// <param name="Memory">JSON values that its memory begins with, written with the row; null but with the first one.</param>
public sealed record WorkflowRow(WorkflowId Id, string TenantId, string Node, WorkflowView View, IReadOnlyDictionary<string, string>? Memory = null);

/// <summary>Grain state that has a row in the query tables of workflows; see <see cref="Jobs.IJobIndexed"/>.</summary>
public interface IWorkflowIndexed
{
    /// <summary>The row for this state.</summary>
    WorkflowRow ToRow();
}
