using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Workflows;

/// <summary>
/// Who a step acts as, and under which policy. A step may name an agent, and never gains by it: whoever submitted the workflow
/// bounds what it may do, and keys of that agent which are bound to a policy bind the step to it as well.
/// </summary>
internal sealed class AgentIdentities(IApiKeyStore keys, TimeProvider time)
{
    /// <summary>
    /// The agent that is recorded. Who administers the tenant gives agents their names, and so may use any; everybody else's step is
    /// told as theirs.
    /// </summary>
    public static string Recorded(Caller owner, string? agentId) =>
        agentId is null || agentId == owner.AgentId || owner.Role is Roles.Admin or Roles.Operator ? agentId ?? owner.AgentId : $"{owner.AgentId}/{agentId}";

    /// <summary>As whom something of a step is submitted; or why it may not be.</summary>
    /// <param name="owner">Who submitted the workflow.</param>
    /// <param name="agentId">The agent that the step names; null for none.</param>
    /// <param name="policy">The policy that it names; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Reply<Caller>> Resolve(Caller owner, string? agentId, string? policy, CancellationToken cancellationToken)
    {
        if (agentId is null || agentId == owner.AgentId)
            return owner;
        var caller = owner with { AgentId = Recorded(owner, agentId) };
        var bound = await keys.PoliciesOf(owner.TenantId, agentId, time.GetUtcNow(), cancellationToken);
        if (bound.Count == 0)
            return caller;
        var asked = policy ?? owner.Policy;
        if (asked is null && bound.Count > 1)
            return new Refusal(RefusalCodes.PolicyDenied, $"The keys of agent '{agentId}' are for several policies: name one of them.", "policy", Rule: "policy");
        asked ??= bound[0];
        return bound.Contains(asked)
            ? caller with { Policy = owner.Policy ?? asked }
            : new Refusal(RefusalCodes.PolicyDenied, $"No key of agent '{agentId}' is for the policy '{asked}'.", "policy", Rule: "policy");
    }
}
