using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Runtime;
using Sandbox.Runtime.Pool;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Templates;

/// <summary>What this node makes sandboxes from: kept in step with the catalogue.</summary>
internal sealed class NodeTemplates(TemplateRegistry registry, SandboxPool pool, ITemplateRoots roots, ISandboxRuntime runtime, TimeProvider time)
{
    // A sandbox that has given way a moment ago is still being cleared away.
    private const int Looks = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The form in which the runtime knows a template.</summary>
    public static SandboxTemplate Of(TemplateRecord template) => new(
        template.Name.ToString(), template.Digest, template.Env, template.StartCommand, template.Preloads, template.Interpreters, template.IdleBytes);

    /// <summary>From now on sandboxes are made from it, and one is kept ready for each language that it prepares.</summary>
    public void Offer(TemplateRecord template)
    {
        registry.Put(Of(template));
        if (!runtime.Available.Contains(IsolationClass.Standard))
            return;
        foreach (var language in template.Preloads.Keys)
            pool.Warm(new PoolKey(template.Name.ToString(), language, IsolationClass.Standard));
    }

    /// <summary>From now on no sandbox is made from it. False where one is there that is not the pool's: then it is offered on.</summary>
    public async Task<bool> Withdraw(TemplateRecord template, CancellationToken cancellationToken)
    {
        var key = template.Name.ToString();
        registry.Remove(key);
        await pool.Drop(key);
        for (var look = 0; roots.InUse(key); look++)
        {
            if (look == Looks)
            {
                Offer(template);
                return false;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        return true;
    }
}
