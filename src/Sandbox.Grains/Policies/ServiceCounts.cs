using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Grains.Policies;

/// <summary>How many services tenants have: those that are durable, of every process, and those that are about to be, of this one.</summary>
internal sealed class ServiceCounts(IServiceQueries services)
{
    private readonly Lock _lock = new();
    private readonly List<(string Tenant, string Id)> _opening = [];

    /// <summary>Counts a service that is about to be among those that are there, until the answer is disposed.</summary>
    public IDisposable Open(string tenant, string id)
    {
        lock (_lock)
            _opening.Add((tenant, id));
        return new Opening(this, (tenant, id));
    }

    /// <summary>Services beside one; of those that are about to be, the earlier ones. Null for a dry run.</summary>
    public int Beside(string tenant, string? id)
    {
        lock (_lock)
        {
            List<string> earlier = [.. _opening.TakeWhile(other => other.Id != id).Where(other => other.Tenant == tenant).Select(other => other.Id)];
            return services.CountOpen(tenant, id is null ? earlier : [id, .. earlier]) + earlier.Count;
        }
    }

    private sealed class Opening(ServiceCounts all, (string Tenant, string Id) entry) : IDisposable
    {
        public void Dispose()
        {
            lock (all._lock)
                all._opening.Remove(entry);
        }
    }
}
