using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Abstractions.Jobs;

/// <summary>The row of a job in the query tables.</summary>
/// <param name="Id">The job.</param>
/// <param name="TenantId">Its tenant.</param>
/// <param name="View">The job as lists show it: without output.</param>
/// <param name="SandboxId">The sandbox it holds now; null when it holds none.</param>
/// <param name="Node">The node that is responsible for it.</param>
/// <param name="Share">What it takes of its tenant's quotas.</param>
public sealed record JobRow(JobId Id, string TenantId, JobView View, string? SandboxId, string Node, TenantShare Share = default);

/// <summary>
/// Grain state that has a row in the query tables. Storage writes the row in the transaction that writes the state,
/// and removes it with the state.
/// </summary>
public interface IJobIndexed
{
    /// <summary>The row for this state.</summary>
    JobRow ToRow();
}
