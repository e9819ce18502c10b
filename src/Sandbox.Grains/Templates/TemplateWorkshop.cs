using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Egress;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Audit;
using Sandbox.Grains.Egress;
using Sandbox.Grains.Policies;
using Sandbox.Runtime;
using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Templates;

/// <summary>Makes the sandboxes in which a template is built: of the template as far as it is made, with the way out that its maker's policy opens.</summary>
internal sealed partial class TemplateWorkshop(
    ISandboxRuntime runtime,
    TemplateRegistry templates,
    NodeEgress egress,
    PermitSource permits,
    IOptions<TemplateBuildOptions> options,
    ILogger<TemplateWorkshop> logger)
{
    private readonly ConcurrentDictionary<SandboxId, byte> _held = new();

    /// <summary>Sandboxes that are built in now.</summary>
    public IEnumerable<SandboxId> Held => _held.Keys;

    private SandboxLimits Limits => new(options.Value.Cpu, options.Value.MemoryBytes, options.Value.DiskBytes, options.Value.Processes);

    /// <summary>Does something in such a sandbox, of which nothing remains afterwards.</summary>
    /// <param name="caller">Whose template it is.</param>
    /// <param name="template">The template as far as it is made.</param>
    /// <param name="isolation">How its sandbox is isolated.</param>
    /// <param name="work">What to do.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TemplateContentException">The policy does not permit it any more, or the sandbox did not last.</exception>
    public async Task<T> Do<T>(
        Caller caller, TemplateRecord template, IsolationClass isolation, Func<Workbench, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(options.Value.MaxSeconds));
        // Under a name that no request can say.
        var candidate = NodeTemplates.Of(template) with { Key = $"{template.Name}?{template.ImportId}" };
        templates.Put(candidate);
        try
        {
            var reply = await permits.ForNew(caller, null, timeout.Token);
            if (reply.Value is not { } permit)
                throw new TemplateContentException(reply.Refusal!.Detail);
            var spec = new SandboxSpec(candidate.Key, isolation, Limits);
            return await Do(caller, spec, candidate.Env, EgressAudit.OwnerOf(template.Name), permit, work, timeout.Token);
        }
        catch (Exception e) when (e is not TemplateContentException && !cancellationToken.IsCancellationRequested)
        {
            LogFailed(template.Name, e);
            throw new TemplateContentException(e is OperationCanceledException ? $"It took longer than {options.Value.MaxSeconds} seconds to make." : "The sandbox in which it was made did not last.", e);
        }
        finally
        {
            templates.Remove(candidate.Key);
        }
    }

    private async Task<T> Do<T>(
        Caller caller, SandboxSpec spec, IReadOnlyDictionary<string, string> env, string owner, EffectivePermit permit, Func<Workbench, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var sandbox = await runtime.Create(spec, cancellationToken);
        _held.TryAdd(sandbox.Id, 0);
        try
        {
            await using var reach = egress.NewReach();
            await using var way = await egress.Open(sandbox.Agent, new EgressOwner(caller.TenantId, caller.AgentId, owner), permit, reach, secrets: null, workflow: null, cancellationToken);
            return await work(new Workbench(sandbox, NodeEgress.EnvironmentOf(permit, env), permit.Packages, reach.Refused), cancellationToken);
        }
        finally
        {
            await sandbox.DisposeAsync();
            await runtime.Destroy(sandbox.Id, CancellationToken.None);
            _held.TryRemove(sandbox.Id, out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Template {Template} could not be built")]
    private partial void LogFailed(TemplateName template, Exception exception);
}
