using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Api.Tests.Testing;

/// <summary>Lists of services in memory.</summary>
internal sealed class MemoryServiceQueries : IServiceQueries
{
    /// <summary>Tenant and service, newest first.</summary>
    public List<(string Tenant, ServiceView View)> Services { get; } = [];

    public Task<ServicePage> List(string tenantId, ServiceFilter filter, ServiceCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var all = Services
            .Where(entry => entry.Tenant == tenantId && (filter.Status is not { } status || entry.View.Status == status))
            .Where(entry => filter.Metadata.All(label => entry.View.Metadata.TryGetValue(label.Key, out var value) && value == label.Value))
            .Select(entry => entry.View)
            .SkipWhile(view => cursor is not null && view.Id != cursor.Id.ToString())
            .Skip(cursor is null ? 0 : 1)
            .ToList();
        var page = all.Take(limit).ToList();
        ServiceId.TryParse(page.LastOrDefault()?.Id, out var last);
        return Task.FromResult(new ServicePage(page, all.Count > limit ? new ServiceCursor(page[^1].CreatedAt, last) : null));
    }

    public IAsyncEnumerable<OpenService> ListOpen(string node, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public int CountOpen(string tenantId, IReadOnlyCollection<string> except) => throw new NotSupportedException();

    public Task<IReadOnlyList<ServiceId>> ListDue(
        DateTimeOffset expiredBefore, DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}

/// <summary>For a process that holds no sandbox.</summary>
internal sealed class NoPortRoutes : IPortRoutes
{
    public IPortRoute? Find(PortPlace place) => null;
}
