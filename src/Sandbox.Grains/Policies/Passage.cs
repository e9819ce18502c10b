using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies;

/// <summary>
/// What the gate says of a new job or session: how it may go on, or why it may not. Disposed when what was let in is durable, or has
/// come to nothing: until then it counts among the tenant's sandboxes by this.
/// </summary>
/// <typeparam name="TSpec">What was asked for.</typeparam>
internal sealed class Passage<TSpec>(TSpec spec, EffectivePermit permit, IDisposable? counted = null) : IDisposable
{
    /// <summary>What was asked for, completed: the key of its template, its limits, the name of its policy.</summary>
    public TSpec Spec => spec;

    /// <summary>What it may do.</summary>
    public EffectivePermit Permit => permit;

    /// <summary>The decision that is stored with it.</summary>
    public PolicyDecision Decision => Refusal is { Code: RefusalCodes.PolicyDenied } denied
        ? new(permit.Policy, permit.Version, Allowed: false, denied.Rule, denied.Detail)
        : new(permit.Policy, permit.Version, Allowed: true);

    /// <summary>Why it may not be; null where it may.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>Everything that policy forbids about it.</summary>
    public IReadOnlyList<PolicyViolation> Violations { get; init; } = [];

    public void Dispose() => counted?.Dispose();
}
