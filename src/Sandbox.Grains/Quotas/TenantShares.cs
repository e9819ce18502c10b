using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Quotas;

/// <summary>
/// What tenants' jobs and sessions take of their quotas: what is durable, of every process, and what is about to be, of this one.
/// The storage asks once more when it is written, in the same transaction; so of two processes that give away the last room at one
/// moment, one is told.
/// </summary>
internal sealed class TenantShares(ITenantUsage usage, ITenantQuotas quotas)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, Taken>> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _opening = new(StringComparer.Ordinal);

    /// <summary>The quotas of a tenant at this moment.</summary>
    public TenantQuotas QuotasOf(string tenant) => quotas.Defaults.With(usage.Read(tenant, []).Overrides);

    /// <summary>Takes a share for a job or session, in place of what it had; or the quota that has no room for it, and nothing is taken.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The job or session.</param>
    /// <param name="share">Its share.</param>
    /// <param name="owner">Whose it is to settle or to drop.</param>
    /// <param name="held">The tenant's quotas at this moment.</param>
    public QuotaBreach? Take(string tenant, string id, TenantShare share, object owner, out TenantQuotas held)
    {
        lock (_lock)
        {
            if (Check(tenant, id, share, out held) is { } breach)
                return breach;
            if (!_taken.TryGetValue(tenant, out var taken))
                _taken.Add(tenant, taken = new(StringComparer.Ordinal));
            taken[id] = new Taken(share, owner);
            return null;
        }
    }

    /// <summary>The quota that has no room for a share; nothing is taken.</summary>
    public QuotaBreach? Look(string tenant, string id, TenantShare share)
    {
        lock (_lock)
            return Check(tenant, id, share, out _);
    }

    /// <summary>The share is durable, and counts as such from now on; not where another one was taken meanwhile.</summary>
    public void Settle(string tenant, string id, TenantShare durable, object owner) => Forget(tenant, id, taken => taken == new Taken(durable, owner));

    /// <summary>Nothing will be made of what an owner has taken, or all of it is durable.</summary>
    public void Drop(string tenant, string id, object owner) => Forget(tenant, id, taken => taken.Owner == owner);

    /// <summary>Counts a job or session that is about to be among those that are open, until the answer is disposed.</summary>
    public IDisposable Open(string tenant, string id)
    {
        lock (_lock)
        {
            if (!_opening.TryGetValue(tenant, out var ids))
                _opening.Add(tenant, ids = []);
            ids.Add(id);
        }

        return new Opening(this, tenant, id);
    }

    /// <summary>How many jobs have not ended, and sessions have a sandbox, beside one.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The one that does not count; of those that are about to be, only the earlier ones do. Null for a dry run.</param>
    public int OpenBeside(string tenant, string? id)
    {
        lock (_lock)
        {
            HashSet<string> earlier = [.. _opening.GetValueOrDefault(tenant, []).TakeWhile(other => other != id)];
            return usage.Read(tenant, id is null ? earlier : [id, .. earlier]).Use.Open + earlier.Count;
        }
    }

    private QuotaBreach? Check(string tenant, string id, TenantShare share, out TenantQuotas held)
    {
        var taken = _taken.GetValueOrDefault(tenant);
        var standing = usage.Read(tenant, taken is null ? [id] : [id, .. taken.Keys]);
        var others = (taken ?? []).Where(entry => entry.Key != id).Aggregate(standing.Use, static (use, entry) => use.Plus(entry.Value.Share));
        held = quotas.Defaults.With(standing.Overrides);
        return held.Refuse(others, share);
    }

    private void Forget(string tenant, string id, Predicate<Taken> which)
    {
        lock (_lock)
        {
            if (_taken.TryGetValue(tenant, out var taken) && taken.TryGetValue(id, out var its) && which(its) && taken.Remove(id) && taken.Count == 0)
                _taken.Remove(tenant);
        }
    }

    private void Close(string tenant, string id)
    {
        lock (_lock)
        {
            if (_opening.TryGetValue(tenant, out var ids) && ids.Remove(id) && ids.Count == 0)
                _opening.Remove(tenant);
        }
    }

    private readonly record struct Taken(TenantShare Share, object Owner);

    private sealed class Opening(TenantShares all, string tenant, string id) : IDisposable
    {
        public void Dispose() => all.Close(tenant, id);
    }
}
