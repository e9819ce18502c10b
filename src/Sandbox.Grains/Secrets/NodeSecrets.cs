using Sandbox.Egress;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Secrets;

namespace Sandbox.Grains.Secrets;

/// <summary>Secrets for the sandboxes of this node.</summary>
internal sealed class NodeSecrets(ISecretStore store, IAuditLog audit)
{
    /// <summary>Those of one sandbox.</summary>
    /// <param name="owner">For whom it works.</param>
    /// <param name="names">What was asked for; null for nothing.</param>
    public SandboxSecrets Of(EgressOwner owner, IReadOnlyList<string>? names) => new(owner, names, store, audit);
}
