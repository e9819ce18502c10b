using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Policies;

/// <summary>
/// How many jobs and live sessions a tenant has: those that are durable, of every process, and those that are about to be, of this
/// one. Two processes that accept one at the same moment may go one beyond a bound.
/// </summary>
internal sealed class TenantSandboxes(IJobQueries jobs, ISessionQueries sessions)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<string>> _beginning = new(StringComparer.Ordinal);

    /// <summary>Counts one that is about to be durable until the answer is disposed.</summary>
    public IDisposable Begin(string tenant, string id)
    {
        lock (_lock)
        {
            if (!_beginning.TryGetValue(tenant, out var ids))
                _beginning.Add(tenant, ids = []);
            ids.Add(id);
        }

        return new Beginning(this, tenant, id);
    }

    /// <summary>How many there are beside one, counted up to a bound.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The one that does not count; of those that are about to be, only the earlier ones do. Null for a dry run.</param>
    /// <param name="most">Where counting may end.</param>
    /// <param name="cancellationToken">Cancels the count.</param>
    public async Task<int> Others(string tenant, string? id, int most, CancellationToken cancellationToken)
    {
        var others = new HashSet<string>(StringComparer.Ordinal);
        lock (_lock)
        {
            if (_beginning.TryGetValue(tenant, out var ids))
                others.UnionWith(ids.TakeWhile(other => other != id));
        }

        // One more than the bound, since the one that does not count may be among them.
        others.UnionWith((await jobs.ListOpenOf(tenant, most + 1, cancellationToken)).Select(job => job.ToString()));
        if (others.Count <= most)
            others.UnionWith((await sessions.ListOpenOf(tenant, most + 1, cancellationToken)).Select(session => session.ToString()));
        if (id is not null)
            others.Remove(id);
        return others.Count;
    }

    private void End(string tenant, string id)
    {
        lock (_lock)
        {
            if (_beginning.TryGetValue(tenant, out var ids) && ids.Remove(id) && ids.Count == 0)
                _beginning.Remove(tenant);
        }
    }

    private sealed class Beginning(TenantSandboxes all, string tenant, string id) : IDisposable
    {
        public void Dispose() => all.End(tenant, id);
    }
}
