using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Testing.Policies;

namespace Sandbox.Api.Tests.Testing;

/// <summary>A policy that keeps what it is told; it refuses a concurrency of 0, and whatever is evaluated with more than 64 MiB of memory.</summary>
internal sealed class ScriptedPolicyGrain(IPolicyStore store) : Grain, IPolicyGrain
{
    public async Task<Reply<PolicyVersion>> Put(Caller caller, PolicyDocument document, PolicyCondition condition, CancellationToken cancellationToken = default) =>
        document.Concurrency == 0
            ? new Refusal(RefusalCodes.InvalidRequest, "Is too few.", "concurrency") { More = [new FieldError("egress.allow[2].host", "Is none.")] }
            : await Append(caller, document, condition, cancellationToken);

    public Task<Reply<PolicyVersion>> Remove(Caller caller, PolicyCondition condition, CancellationToken cancellationToken = default) =>
        Append(caller, null, condition, cancellationToken);

    public Task<Reply<PolicyEvaluation>> Evaluate(Caller caller, JobSpec job, CancellationToken cancellationToken = default) => Evaluate(job.Limits.MemoryBytes, job.Limits);

    public Task<Reply<PolicyEvaluation>> Evaluate(Caller caller, SessionSpec session, CancellationToken cancellationToken = default) =>
        Evaluate(session.Limits.MemoryBytes, session.Limits);

    private async Task<Reply<PolicyEvaluation>> Evaluate(long memory, Grains.Abstractions.Sandboxes.ResourceLimits limits)
    {
        PolicyName.TryParse(this.GetPrimaryKeyString(), out var name);
        if (await store.Last(name.Tenant, name.Name) is not { Document: not null })
            return new Refusal(RefusalCodes.NotFound, "There is no such policy.");
        return memory <= 64 * TestPlatform.MiB
            ? new PolicyEvaluation(new PolicyDecision(name.Name, 1, true), [], limits)
            : new PolicyEvaluation(new PolicyDecision(name.Name, 1, false, "limits", "Too much."), [new PolicyViolation("limits", "limits.memoryBytes", "Too much.")], limits);
    }

    private async Task<Reply<PolicyVersion>> Append(Caller caller, PolicyDocument? document, PolicyCondition condition, CancellationToken cancellationToken)
    {
        PolicyName.TryParse(this.GetPrimaryKeyString(), out var name);
        var last = await store.Last(name.Tenant, name.Name, cancellationToken);
        if (document is null && last?.Document is null)
            return new Refusal(RefusalCodes.NotFound, "There is no such policy.");
        if (!condition.Holds(last?.Document is null ? null : last.Version))
            return new Refusal(RefusalCodes.PolicyChanged, "It is another one.");
        var next = new PolicyVersion(name.Tenant, name.Name, (last?.Version ?? 0) + 1, document, caller.AgentId, DateTimeOffset.UnixEpoch.AddYears(50));
        await store.Append(next, PolicyStored.Event, cancellationToken);
        return next;
    }
}
