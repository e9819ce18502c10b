using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies;

/// <summary>
/// The tenants' policies as this process knows them: what it has read is good for a short time, and is replaced at once by what a
/// policy's grain tells. So no decision costs a read, and none goes by an older version than the last one that was answered for:
/// a grain that could not tell a process answers when what that one knows is good no longer.
/// </summary>
internal sealed class NodePolicies(IPolicyStore store, TimeProvider time)
{
    /// <summary>How long what was read is good.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    // Names that do not exist are remembered too, and callers choose them.
    private const int MostKept = 10_000;

    private readonly ConcurrentDictionary<PolicyName, Known> _known = new();

    /// <summary>The last version of a policy, be it a removal; null where there never was one.</summary>
    public ValueTask<PolicyVersion?> Last(PolicyName policy, CancellationToken cancellationToken) =>
        _known.TryGetValue(policy, out var known) && IsGood(known)
            ? ValueTask.FromResult(known.Version)
            : new(Read(policy, cancellationToken));

    /// <summary>The last version as it is stored.</summary>
    public async Task<PolicyVersion?> Read(PolicyName policy, CancellationToken cancellationToken)
    {
        // Taken before reading: what is written in between must not be missed for longer than the lease.
        var read = new Known(null, time.GetTimestamp());
        read = read with { Version = await store.Last(policy.Tenant, policy.Name, cancellationToken) };
        return HasRoom() ? Learn(policy, read).Version : read.Version;
    }

    /// <summary>Takes note of a version that has just been stored.</summary>
    public void Learn(PolicyVersion version) => Learn(new PolicyName(version.TenantId, version.Name), new Known(version, time.GetTimestamp()));

    // A read that was overtaken by news must not bring the older version back.
    private Known Learn(PolicyName policy, Known known) => _known.AddOrUpdate(
        policy,
        static (_, read) => read,
        static (_, known, read) => (known.Version?.Version ?? 0) > (read.Version?.Version ?? 0) ? known : read,
        known);

    private bool HasRoom()
    {
        if (_known.Count < MostKept)
            return true;
        foreach (var entry in _known.Where(entry => !IsGood(entry.Value)))
            _known.TryRemove(entry);
        return _known.Count < MostKept;
    }

    private bool IsGood(Known known) => time.GetElapsedTime(known.ReadAt) < Lease;

    private readonly record struct Known(PolicyVersion? Version, long ReadAt);
}
