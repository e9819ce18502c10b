using Orleans.Services;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies;

/// <summary>One per process: is told of every new version of a policy.</summary>
[Alias("sandbox.policy.news")]
internal interface INodePolicyNews : IGrainService
{
    /// <summary>From now on decisions go by it.</summary>
    [Alias("changed")]
    Task Changed(PolicyVersion version);
}
