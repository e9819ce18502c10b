using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies;

/// <summary>Takes the news of policies to this process, and to the sessions that it holds.</summary>
internal sealed class NodePolicyNews(GrainId id, Silo silo, ILoggerFactory loggers, NodePolicies policies, PolicyWatch watch)
    : GrainService(id, silo, loggers), INodePolicyNews
{
    public Task Changed(PolicyVersion version)
    {
        policies.Learn(version);
        watch.Tell(new PolicyName(version.TenantId, version.Name), version);
        return Task.CompletedTask;
    }
}
