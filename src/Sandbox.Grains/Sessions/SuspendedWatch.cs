using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// Tells sessions that are paused to disk of changes of their policies. They need not be in memory for that: what is watched is the
/// version that each goes by, until it has been called with another one, sleeps no more, or is watched anew.
/// </summary>
internal sealed class SuspendedWatch(PolicyWatch policies)
{
    private readonly ConcurrentDictionary<string, IDisposable> _watched = new(StringComparer.Ordinal);

    /// <summary>Watches for a session, in place of what was watched for it before.</summary>
    public void Begin(SessionState session, ISessionTimers timers)
    {
        var (id, version) = (session.Id, session.Permit.Version);
        End(id);
        _watched[id] = policies.Watch(new PolicyName(session.TenantId, session.Decision.Policy), () => version, () => _ = Call(id, timers));
    }

    /// <summary>It sleeps no more.</summary>
    public void End(string id)
    {
        if (_watched.TryRemove(id, out var watch))
            watch.Dispose();
    }

    // Called again by the policy's watch where it did not help. A session that this process has goes on being watched, by its new version.
    private async Task Call(string id, ISessionTimers timers)
    {
        _watched.TryGetValue(id, out var watch);
        try
        {
            await timers.PolicyChanged();
        }
        catch (Exception)
        {
            return;
        }

        if (watch is not null && _watched.TryRemove(KeyValuePair.Create(id, watch)))
            watch.Dispose();
    }
}
