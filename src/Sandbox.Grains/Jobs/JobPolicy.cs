using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Jobs;

/// <summary>
/// Holds a job that has waited to its policy as that is when it begins: the rules are asked again where that is another version than
/// the one it was let in by. An Open Policy Agent was asked about the submission and is not asked again.
/// </summary>
internal sealed class JobPolicy(JobRecord record, PolicyGate gate)
{
    /// <summary>The permit that it begins with, or why it may not begin any more.</summary>
    public async Task<(EffectivePermit Permit, Refusal? Refusal)> AtStart(CancellationToken cancellationToken = default)
    {
        var (state, input) = (record.Current, record.Input);
        var permit = await gate.PermitOf(state.TenantId, state.Decision, cancellationToken);
        return permit.Version == input.Permit.Version
            ? (input.Permit, null)
            : (permit, gate.RefuseStart(input.Spec!, permit));
    }
}
