using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Runtime;
using Sandbox.Runtime.Pool;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Templates;

/// <summary>What this process makes sandboxes from: kept in step with the catalogue.</summary>
internal sealed class NodeTemplates(TemplateRegistry registry, SandboxPool pool, ISandboxRuntime runtime)
{
    /// <summary>The form in which the runtime knows a template.</summary>
    public static SandboxTemplate Of(TemplateRecord template) => new(
        template.Name.ToString(), template.Digest, template.Env, template.StartCommand, template.Preloads, template.Interpreters, template.IdleBytes, template.Layer);

    /// <summary>From now on sandboxes are made from it, and one is kept ready for each language that it prepares.</summary>
    public void Offer(TemplateRecord template)
    {
        registry.Put(Of(template));
        if (!runtime.Available.Contains(IsolationClass.Standard))
            return;
        foreach (var language in template.Preloads.Keys)
            pool.Warm(new PoolKey(template.Name.ToString(), language, IsolationClass.Standard));
    }

    /// <summary>From now on no sandbox is made from it, and none is kept ready.</summary>
    public async Task Withdraw(TemplateName template)
    {
        registry.Remove(template.ToString());
        await pool.Drop(template.ToString());
    }
}
