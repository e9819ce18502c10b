using System.Globalization;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Policies;

/// <summary>
/// Writes the versions of one policy, in turns. It remembers nothing between them: what holds is what is stored, and the store
/// refuses a version that does not follow upon the last one, whoever wrote that.
/// </summary>
[GrainType("policy")]
[CollectionAgeLimit(Minutes = 2)]
internal sealed class PolicyGrain(IPolicyStore store, PolicyDocuments documents, PolicyNews news, PolicyEvaluator evaluator, TimeProvider time)
    : Grain, IPolicyGrain
{
    public async Task<Reply<PolicyVersion>> Put(Caller caller, PolicyDocument document, PolicyCondition condition, CancellationToken cancellationToken = default)
    {
        var canonical = documents.Canonical(document);
        return canonical.Value is { } valid ? await Append(caller, valid, condition, cancellationToken) : canonical.Refusal!;
    }

    public Task<Reply<PolicyVersion>> Remove(Caller caller, PolicyCondition condition, CancellationToken cancellationToken = default) =>
        Append(caller, null, condition, cancellationToken);

    public Task<Reply<PolicyEvaluation>> Evaluate(Caller caller, JobSpec job, CancellationToken cancellationToken = default) =>
        Evaluate(caller, policy => evaluator.Evaluate(caller, job with { Policy = policy }, cancellationToken), cancellationToken);

    public Task<Reply<PolicyEvaluation>> Evaluate(Caller caller, SessionSpec session, CancellationToken cancellationToken = default) =>
        Evaluate(caller, policy => evaluator.Evaluate(caller, session with { Policy = policy }, cancellationToken), cancellationToken);

    private async Task<Reply<PolicyEvaluation>> Evaluate(Caller caller, Func<string, Task<PolicyEvaluation>> evaluate, CancellationToken cancellationToken)
    {
        if (!PolicyName.TryParse(this.GetPrimaryKeyString(), out var key) || key.Tenant != caller.TenantId)
            return NotFound;
        if (key.Name != PolicyName.Default && (await store.Last(key.Tenant, key.Name, cancellationToken))?.Document is null)
            return NotFound;
        return await evaluate(key.Name);
    }

    private async Task<Reply<PolicyVersion>> Append(Caller caller, PolicyDocument? document, PolicyCondition condition, CancellationToken cancellationToken)
    {
        if (!PolicyName.TryParse(this.GetPrimaryKeyString(), out var key) || key.Tenant != caller.TenantId)
            return NotFound;
        if (caller.Role is not (Roles.Operator or Roles.Admin))
            return new Refusal(RefusalCodes.PolicyDenied, "Policies are for admins to change.", Rule: "role");
        var last = await store.Last(key.Tenant, key.Name, cancellationToken);
        var current = last?.Document is null ? null : last;
        if (document is null && current is null)
            return NotFound;
        if (!condition.Holds(current?.Version))
            return Changed(current);
        var next = new PolicyVersion(key.Tenant, key.Name, (last?.Version ?? 0) + 1, document, caller.AgentId, time.GetUtcNow());
        if (!await store.Append(next, EventOf(caller, next), cancellationToken))
            return Changed(null);
        await news.Changed(next);
        return next;
    }

    private static AuditEvent EventOf(Caller caller, PolicyVersion next) => AuditEvent
        .By(caller, next.Document is null ? AuditActions.PolicyDeleted : AuditActions.PolicyChanged, new AuditResource(AuditResourceTypes.Policy, next.Name), AuditOutcomes.Succeeded)
        .With(("version", next.Version.ToString(CultureInfo.InvariantCulture)));

    private static Refusal NotFound => new(RefusalCodes.NotFound, "There is no such policy.");

    private static Refusal Changed(PolicyVersion? current) => new(
        RefusalCodes.PolicyChanged, current is null ? "The policy is not as the request expects it." : $"The policy is at version {current.Version}, which the request does not expect.");
}
