using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>Lists of workflows, as far as a node asks for them.</summary>
internal sealed class MemoryWorkflowQueries(MemoryStates states) : IWorkflowQueries
{
    public Task<WorkflowPage> List(string tenantId, WorkflowFilter filter, WorkflowCursor? cursor, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<int> CountOpen(string tenantId, CancellationToken cancellationToken = default) =>
        Task.FromResult(states.Workflows.Count(row => row.TenantId == tenantId && !row.View.HasEnded));

    public IAsyncEnumerable<WorkflowId> ListOpen(string node, CancellationToken cancellationToken = default) =>
        states.Workflows.Where(row => row.Node == node && !row.View.HasEnded).Select(row => row.Id).ToAsyncEnumerable();

    public Task<IReadOnlyList<WorkflowId>> ListEnded(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<WorkflowId>>([.. states.Workflows.Where(row => row.View.FinishedAt < endedBefore).Select(row => row.Id).Take(limit)]);
}

/// <summary>The policies that agents' keys are for.</summary>
internal sealed class MemoryAgentKeys : IApiKeyStore
{
    public Dictionary<string, string[]> Policies { get; } = [];

    public Task<IReadOnlyList<string>> PoliciesOf(string tenantId, string agentId, DateTimeOffset now, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<string>>(Policies.GetValueOrDefault(agentId) ?? []);

    public Task Create(ApiKeyRecord key, ReadOnlyMemory<byte> hash, AuditEvent what, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ApiKeyRecord?> FindByHash(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ApiKeyRecord?> Find(ApiKeyId id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ApiKeyPage> List(string tenantId, bool withOperators, ApiKeyCursor? cursor, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> Delete(ApiKeyId id, AuditEvent what, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Used(ApiKeyId id, DateTimeOffset at, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
