using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Grains.Sessions;

/// <summary>Counts the live sessions of this node against their bounds. A session holds its place from its creation to its end.</summary>
internal sealed class SessionAdmission(IOptions<SessionOptions> options)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _byTenant = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>Takes a place; the refusal when there is none.</summary>
    public Refusal? Enter(string tenant)
    {
        lock (_lock)
        {
            if (_byTenant.GetValueOrDefault(tenant) >= options.Value.MaxPerTenant)
                return new Refusal(RefusalCodes.QuotaExceeded, $"The tenant has {options.Value.MaxPerTenant} live sessions on this node already.", null, RetryAfter);
            if (_all >= options.Value.MaxPerNode)
                return new Refusal(RefusalCodes.QueueFull, $"The node holds {options.Value.MaxPerNode} live sessions already.", null, RetryAfter);
            Add(tenant, 1);
            return null;
        }
    }

    /// <summary>Takes a place for a session of an earlier process, which is never refused.</summary>
    public void Readmit(string tenant)
    {
        lock (_lock)
            Add(tenant, 1);
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(string tenant)
    {
        lock (_lock)
            Add(tenant, -1);
    }

    private void Add(string tenant, int change)
    {
        _all += change;
        var left = _byTenant.GetValueOrDefault(tenant) + change;
        if (left > 0)
            _byTenant[tenant] = left;
        else
            _byTenant.Remove(tenant);
    }
}
