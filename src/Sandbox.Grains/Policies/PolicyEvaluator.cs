using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Policies;

/// <summary>Asks the gate as a submission would, and tells all of the answer. Nothing is counted, made or stored.</summary>
internal sealed class PolicyEvaluator(PolicyGate gate)
{
    /// <summary>What would be decided on a job.</summary>
    public async Task<PolicyEvaluation> Evaluate(Caller caller, JobSpec job, CancellationToken cancellationToken)
    {
        using var passage = await gate.Decide(caller, id: null, job, cancellationToken);
        return Of(passage, passage.Spec.Limits);
    }

    /// <summary>What would be decided on a session.</summary>
    public async Task<PolicyEvaluation> Evaluate(Caller caller, SessionSpec session, CancellationToken cancellationToken)
    {
        if (session.Language == SessionSpec.TemplatesLanguage && gate.Offer.SuggestLanguage(caller.TenantId, session.Template).Value is { } suggested)
            session = session with { Language = suggested };
        using var passage = await gate.Decide(caller, id: null, session, cancellationToken);
        return Of(passage, passage.Spec.Limits);
    }

    private static PolicyEvaluation Of<TSpec>(Passage<TSpec> passage, ResourceLimits limits)
    {
        if (passage.Refusal is not { } refusal)
            return new PolicyEvaluation(passage.Decision, [], limits);
        // What this node lacks is refused before any rule is asked; its code stands for the rule.
        var violations = passage.Violations.Count > 0
            ? passage.Violations
            : [new PolicyViolation(refusal.Rule ?? refusal.Code, refusal.Field ?? PolicyViolation.WholeRequest, refusal.Detail)];
        var decision = passage.Decision with { Allowed = false, Rule = violations[0].Rule, Reason = violations[0].Reason };
        return new PolicyEvaluation(decision, violations, limits);
    }
}
