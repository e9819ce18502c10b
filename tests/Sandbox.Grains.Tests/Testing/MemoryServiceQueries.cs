using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>Lists of services from the rows of their states.</summary>
internal sealed class MemoryServiceQueries(MemoryStates states) : IServiceQueries
{
    public Task<ServicePage> List(string tenantId, ServiceFilter filter, ServiceCursor? cursor, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult(new ServicePage([.. states.Services.Where(row => row.TenantId == tenantId).Select(row => row.View)], null));

    public IAsyncEnumerable<OpenService> ListOpen(string node, CancellationToken cancellationToken = default) =>
        states.Services.Where(row => !row.View.Ended).Select(row => new OpenService(row.Id, row.SandboxId)).ToAsyncEnumerable();

    public int CountOpen(string tenantId, IReadOnlyCollection<string> except) =>
        states.Services.Count(row => row.TenantId == tenantId && !row.View.Ended && !except.Contains(row.Id.ToString()));

    public Task<IReadOnlyList<ServiceId>> ListDue(DateTimeOffset expiredBefore, DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<ServiceId>>(
            [.. states.Services.Where(row => row.View.Ended ? row.View.EndedAt < endedBefore : row.View.ExpiresAt < expiredBefore).Select(row => row.Id).Take(limit)]);
}
