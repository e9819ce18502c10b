using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Templates;

/// <summary>Whether packages may be installed into a template: by the policy of whoever makes it.</summary>
internal sealed class TemplatePackages(PermitSource permits, PolicyRules rules)
{
    /// <summary>Why they may not; null when they may, or there are none.</summary>
    public async ValueTask<Refusal?> Refuse(Caller caller, TemplateSpec spec, CancellationToken cancellationToken)
    {
        if (spec.Packages is null)
            return null;
        var reply = await permits.ForNew(caller, null, cancellationToken);
        return reply.Value is { } permit ? rules.Refuse(permit, new PolicyRequest { Packages = spec.Packages }) : reply.Refusal;
    }
}
