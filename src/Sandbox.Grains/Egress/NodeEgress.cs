using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sandbox.Egress;
using Sandbox.Egress.Rules;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Audit;
using Sandbox.Grains.Packages;
using Sandbox.Grains.Policies;
using Sandbox.Grains.Secrets;
using Sandbox.Grains.Workflows.Memory;
using Sandbox.Packages;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Egress;

/// <summary>The way out of this node's sandboxes, as far as their policies open one: to hosts, and to the index of packages.</summary>
internal sealed partial class NodeEgress(
    IEgressBroker broker, IPackageGateway packages, MemoryGateway memory, PackageAudit record, PermitSource permits, PolicyWatch watch, ILogger<NodeEgress> logger)
{
    /// <summary>Whether a permit opens anything.</summary>
    public static bool IsOpen(EffectivePermit permit) => permit.Egress.Count > 0 || HasPackages(permit);

    /// <summary>The environment of programs that have a way out, or a workflow's memory; without either, it is as it was.</summary>
    /// <param name="permit">What they may do.</param>
    /// <param name="environment">What it is otherwise.</param>
    /// <param name="workflow">The workflow whose memory they have; null for none.</param>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(EffectivePermit permit, IReadOnlyDictionary<string, string> environment, string? workflow = null)
    {
        if (workflow is not null)
            environment = MemoryGateway.EnvironmentOf(environment);
        if (!IsOpen(permit))
            return environment;
        var result = EgressEnvironment.With(environment);
        if (HasPackages(permit))
        {
            foreach (var (name, value) in PackageGateway.Environment)
                result.TryAdd(name, value);
        }

        return result;
    }

    /// <summary>What a new sandbox may reach over all its connections; disposed with the sandbox, or when this process lets go of it.</summary>
    public SandboxReach NewReach() => new(broker.NewBudget());

    /// <summary>
    /// Opens the way out on a connection to a sandbox, and holds it to the policy as that changes, until the answer is disposed.
    /// Null where the permit opens nothing and there is no workflow's memory, or a program inside has taken the port of the way out:
    /// then there is none.
    /// </summary>
    /// <param name="agent">The connection.</param>
    /// <param name="owner">For whom the sandbox works.</param>
    /// <param name="permit">What it may do.</param>
    /// <param name="reach">What it has used so far.</param>
    /// <param name="secrets">Its secrets.</param>
    /// <param name="workflow">The workflow whose memory it has; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AgentConnectionException">The connection is gone.</exception>
    public async Task<SandboxWay?> Open(
        IAgentClient agent, EgressOwner owner, EffectivePermit permit, SandboxReach reach, SandboxSecrets? secrets, string? workflow, CancellationToken cancellationToken)
    {
        if (!IsOpen(permit) && workflow is null)
            return null;
        var policy = new PolicyName(owner.TenantId, permit.Policy);
        // The permit of then may have been taken back since.
        permit = await permits.ForRunning(policy, cancellationToken);
        if (!IsOpen(permit) && workflow is null)
            return null;
        try
        {
            var index = reach.Index ??= packages.Open(PackagesOf(permit), request => record.Write(owner, OnRecord(reach.Refused.Note(request), secrets)));
            // What was served before has declared what else may be: only another policy makes that be forgotten.
            if (reach.Version != permit.Version)
                index.Change(PackagesOf(permit));
            reach.Version = permit.Version;
            var grant = new EgressGrant(owner, RulesOf(permit), reach.Budget)
            {
                Own = WorkflowId.TryParse(workflow, out var id) ? (reach.Memory ??= memory.Open(owner, id, key => secrets?.MaskName(key) ?? key)).Serve : null,
                VirtualHosts = new Dictionary<string, RequestDelegate> { [PackageGateway.Host] = index.Serve },
                NameOnRecord = secrets is null ? null : secrets.MaskName,
                Headers = secrets is null ? null : async (host, port, token) => await secrets.HeadersFor(host, port, await permits.ForRunning(policy, token), token),
            };
            var access = await broker.Open(agent, grant, cancellationToken);
            var way = new SandboxWay(access, reach, policy);
            way.Watching = watch.Watch(way.Policy, () => reach.Version, () => _ = Follow(way));
            // It may have changed before anybody watched.
            await Follow(way);
            return way;
        }
        catch (AgentRequestException e)
        {
            LogNotOpened(owner.Resource, e.Code);
            return null;
        }
    }

    // Programs choose what they ask for.
    private static PackageRequest OnRecord(PackageRequest request, SandboxSecrets? secrets) => secrets is null ? request : request with
    {
        Name = secrets.MaskName(request.Name),
        Version = request.Version is { } version ? secrets.MaskName(version) : null,
    };

    private static bool HasPackages(EffectivePermit permit) => permit.Packages is { Python.Allow.Count: > 0 } or { Node.Allow.Count: > 0 };

    private static EgressRules RulesOf(EffectivePermit permit) => EgressRules.Compile(permit.Egress.Select(rule => (rule.Host, rule.Cidr, rule.Ports)));

    // An entry that the index cannot read allows nothing.
    private static PackagePermit PackagesOf(EffectivePermit permit) => new(
        [.. (permit.Packages.Python?.Allow ?? []).Where(PackageEntry.IsPython)],
        [.. (permit.Packages.Node?.Allow ?? []).Where(PackageEntry.IsNode)],
        permit.Packages.Dependencies == PackageDependencies.OfAllowed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Resource}: its sandbox has no way out: the agent answered {Code}")]
    private partial void LogNotOpened(string resource, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The policy {Policy} could not be read; what runs under it keeps its way out for now")]
    private partial void LogNotRead(PolicyName policy, Exception exception);

    private async Task Follow(SandboxWay way)
    {
        // One at a time, each with what holds then: otherwise the older of two versions could come last.
        await way.Following.WaitAsync();
        try
        {
            var permit = await permits.ForRunning(way.Policy, CancellationToken.None);
            if (permit.Version != way.Version)
                way.Change(RulesOf(permit), PackagesOf(permit), permit.Version);
        }
        catch (Exception e)
        {
            // The watch calls back until it has helped.
            LogNotRead(way.Policy, e);
        }
        finally
        {
            way.Following.Release();
        }
    }
}
