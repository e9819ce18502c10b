using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Nodes;
using Sandbox.Grains.Quotas;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// Counts the live sessions of this process against their bound, and has their tenants' quotas asked. A session holds its place from
/// its creation to its end.
/// </summary>
internal sealed class SessionAdmission(TenantShares shares, NodeDrain drain, IOptions<SessionOptions> options)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private int _all;

    /// <summary>Sessions that the process holds at most.</summary>
    public int Most => options.Value.MaxPerNode;

    /// <summary>Sessions that it could still take.</summary>
    public int Free => Math.Max(0, Most - Volatile.Read(ref _all));

    /// <summary>Takes a place, or says why there is none.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The session.</param>
    /// <param name="limits">What its sandbox may use.</param>
    /// <param name="concurrency">Jobs and sessions that policy allows at a time; null for any number.</param>
    public SessionPlace Enter(string tenant, string id, ResourceLimits limits, int? concurrency = null)
    {
        if ((drain.Refuse() ?? shares.QuotasOf(tenant).RefuseEver(limits)) is { } never)
            return Refused(never);
        var owner = new object();
        if (shares.Take(tenant, id, TenantShare.Of(limits), owner, out var quotas) is { } breach)
            return Refused(breach.ToRefusal(RetryAfter));
        if (Interlocked.Increment(ref _all) <= options.Value.MaxPerNode)
            return new SessionPlace(null, new QuotaBound(quotas, concurrency), () => shares.Drop(tenant, id, owner));
        Leave();
        shares.Drop(tenant, id, owner);
        return Refused(new Refusal(RefusalCodes.QueueFull, $"The node holds {options.Value.MaxPerNode} live sessions already.", null, RetryAfter));
    }

    /// <summary>Why a session was not written that went beyond its bound; null where that is not the failure.</summary>
    public static Refusal? RefusalOf(Exception failure) => QuotaExceededException.In(failure)?.ToRefusal(RetryAfter);

    /// <summary>Takes a place for a session of an earlier process, which is never refused.</summary>
    public void Readmit() => Interlocked.Increment(ref _all);

    /// <summary>Gives a place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _all);

    private static SessionPlace Refused(Refusal refusal) => new(refusal, null, null);
}
