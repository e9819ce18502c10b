using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Policies;

/// <summary>The permit under a policy, as it is at this moment.</summary>
internal sealed class PermitSource(NodePolicies policies, IOptions<PlatformPolicyOptions> platform)
{
    /// <summary>The permit of something new.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="named">Policy that the request names; null for the one of the caller, which is the tenant's default where it has none.</param>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    public async ValueTask<Reply<EffectivePermit>> ForNew(Caller caller, string? named, CancellationToken cancellationToken)
    {
        if (RefuseOther(caller, named) is { } bound)
            return bound;
        var policy = new PolicyName(caller.TenantId, named ?? caller.Policy ?? PolicyName.Default);
        if (!PolicyName.IsValid(policy.Name))
            return Unknown;
        return EffectivePermits.ForNew(platform.Value, policy, await policies.Last(policy, cancellationToken)) is { } permit ? permit : Unknown;
    }

    /// <summary>The permit of something that runs already: of a policy that was removed meanwhile, it is nothing.</summary>
    public async ValueTask<EffectivePermit> ForRunning(PolicyName policy, CancellationToken cancellationToken) =>
        EffectivePermits.ForRunning(platform.Value, policy, await policies.Last(policy, cancellationToken));

    /// <summary>Whether a caller whose credential has a policy may use another one; null where nothing is against it.</summary>
    public static Refusal? RefuseOther(Caller caller, string? policy) => caller.Policy is { } bound && policy is not null && policy != bound
        ? new Refusal(RefusalCodes.PolicyDenied, $"The credential is for the policy '{bound}'.", "policy", Rule: "policy")
        : null;

    private static Refusal Unknown => new(RefusalCodes.PolicyUnknown, "There is no policy of this name.", "policy");
}
