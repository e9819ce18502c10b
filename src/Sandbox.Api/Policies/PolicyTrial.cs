using System.Text.Json;
using Microsoft.Extensions.Options;
using Sandbox.Api.Http;
using Sandbox.Api.Policies.Requests;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Policies;

/// <summary>Tries a request on a policy, without running anything.</summary>
internal sealed class PolicyTrial(IGrainFactory grains, IPlatform platform, IOptions<ApiOptions> options)
{
    /// <summary>What would be decided; null where the request has errors.</summary>
    public async Task<Reply<PolicyEvaluation>?> Evaluate(Caller caller, string name, JsonElement request, RequestErrors errors, CancellationToken cancellationToken)
    {
        var (job, session) = EvaluationReader.Read(request, name, platform, options.Value.MaxFiles, errors);
        if (errors.Any)
            return null;
        if (!PolicyName.IsValid(name))
            return new Refusal(RefusalCodes.NotFound, "There is no such policy.");
        var grain = grains.GetGrain<IPolicyGrain>(new PolicyName(caller.TenantId, name).ToString());
        return job is not null ? await grain.Evaluate(caller, job, cancellationToken) : await grain.Evaluate(caller, session!, cancellationToken);
    }
}
