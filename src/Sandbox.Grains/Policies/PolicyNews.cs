using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Runtime.Services;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies;

/// <summary>The word of a policy's grain to every process of the cluster.</summary>
internal sealed partial class PolicyNews(IServiceProvider services, ISiloStatusOracle silos, TimeProvider time, ILogger<PolicyNews> logger)
    : GrainServiceClient<INodePolicyNews>(services)
{
    /// <summary>Completes when no process decides by an older version any more.</summary>
    public async Task Changed(PolicyVersion version)
    {
        // What a process that cannot be told has read before is good for so long.
        using var told = new CancellationTokenSource();
        var outdated = Task.Delay(NodePolicies.Lease, time, told.Token);
        var telling = Task.WhenAll(silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Select(silo => Tell(silo, version)));
        if (await Task.WhenAny(telling, outdated) != telling || (await telling).Contains(false))
            await outdated;
        await told.CancelAsync();
    }

    private async Task<bool> Tell(SiloAddress silo, PolicyVersion version)
    {
        try
        {
            await GetGrainService(silo).Changed(version);
            return true;
        }
        catch (Exception e)
        {
            LogNotTold(silo, version.TenantId, version.Name, version.Version, e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Process {Silo} could not be told of version {Version} of the policy {Tenant}/{Policy}")]
    private partial void LogNotTold(SiloAddress silo, string tenant, string policy, int version, Exception exception);
}
