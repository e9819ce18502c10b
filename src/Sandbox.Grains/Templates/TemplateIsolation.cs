using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Policies;
using Sandbox.Runtime;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Templates;

/// <summary>How the sandboxes are isolated in which a template is built and tried out: as its maker's policy has it for everything else.</summary>
internal sealed class TemplateIsolation(PermitSource permits, ISandboxRuntime runtime)
{
    /// <summary>The weakest class that policy allows and this node has.</summary>
    /// <exception cref="TemplateContentException">There is none.</exception>
    public async Task<IsolationClass> For(Caller caller, CancellationToken cancellationToken)
    {
        var reply = await permits.ForNew(caller, null, cancellationToken);
        if (reply.Value is not { } permit)
            throw new TemplateContentException(reply.Refusal!.Detail);
        foreach (var (isolation, name) in new[] { (IsolationClass.Standard, IsolationClasses.Standard), (IsolationClass.Strong, IsolationClasses.Strong) })
        {
            if (runtime.Available.Contains(isolation) && permit.Isolation?.Contains(name) != false)
                return isolation;
        }

        throw new TemplateContentException("Policy allows no isolation class that this node has, and so nothing that a template could be tried out in.");
    }
}
