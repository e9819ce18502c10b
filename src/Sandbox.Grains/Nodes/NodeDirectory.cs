using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Runtime.Services;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Nodes;

/// <summary>Asks the processes of the cluster how they stand: nobody keeps a list of them but the membership.</summary>
internal sealed partial class NodeDirectory(
    IServiceProvider services, IGrainFactory grains, INodeStore store, TimeProvider time, ILogger<NodeDirectory> logger)
    : GrainServiceClient<INodeWord>(services), INodes
{
    // One that has just been killed is in the membership for some seconds more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<NodeInfo>> List(CancellationToken cancellationToken = default)
    {
        var draining = await store.ListDraining(cancellationToken);
        var reports = (await Task.WhenAll((await Members()).Select(Ask))).OfType<Answer>();
        var nodes = new List<NodeInfo>();
        foreach (var node in reports.GroupBy(static answer => answer.Report.Node, StringComparer.Ordinal))
            nodes.Add(Merge(node.Key, [.. node], await store.CountWork(node.Key, cancellationToken), SinceOf(draining, node.Key)));
        foreach (var name in draining.Keys.Where(name => nodes.TrueForAll(node => node.Name != name)))
            nodes.Add(Merge(name, [], await store.CountWork(name, cancellationToken), SinceOf(draining, name)));
        return [.. nodes.OrderBy(static node => node.Name, StringComparer.Ordinal)];
    }

    public async Task<NodeInfo?> Find(string name, CancellationToken cancellationToken = default) =>
        (await List(cancellationToken)).FirstOrDefault(node => node.Name == name);

    public async Task<NodeInfo?> SetDrain(Caller caller, string name, bool on, CancellationToken cancellationToken = default)
    {
        if (await Find(name, cancellationToken) is null)
            return null;
        var what = AuditEvent.By(
            caller, on ? AuditActions.NodeDrain : AuditActions.NodeActivate, new AuditResource(AuditResourceTypes.Node, name), AuditOutcomes.Succeeded);
        await store.SetDraining(name, on, what, cancellationToken);
        // One that joins from here on has read it; one that cannot be told reads it by itself, if it lives.
        if ((await Task.WhenAll((await Members()).Select(member => Tell(member, name)))).Contains(false))
            await Task.Delay(NodeDrain.Interval + Patience, time, cancellationToken);
        return await Find(name, cancellationToken);
    }

    private async Task<MembershipEntry[]> Members() =>
        await grains.GetGrain<IManagementGrain>(0).GetDetailedHosts(onlyActive: true);

    private async Task<Answer?> Ask(MembershipEntry member)
    {
        NodeReport? report = null;
        return await Answers(member, async word => report = await word.Report()) ? new Answer(member, report!) : null;
    }

    private Task<bool> Tell(MembershipEntry member, string node) => Answers(member, word => word.DrainChanged(node));

    private async Task<bool> Answers(MembershipEntry member, Func<INodeWord, Task> ask)
    {
        try
        {
            await ask(GetGrainService(member.SiloAddress)).WaitAsync(Patience, time);
            return true;
        }
        catch (Exception e)
        {
            LogSilent(member.SiloName, member.SiloAddress, e);
            return false;
        }
    }

    private static NodeInfo Merge(string name, IReadOnlyList<Answer> answers, NodeWork work, DateTimeOffset? drainingSince) => new(
        name,
        StatusOf(answers, work, drainingSince),
        drainingSince,
        answers.Aggregate(NodeRoom.None, static (sum, answer) => sum.And(answer.Report.Capacity)),
        drainingSince is null ? answers.Aggregate(NodeRoom.None, static (sum, answer) => sum.And(answer.Report.Free)) : NodeRoom.None,
        work,
        [.. answers.SelectMany(static answer => answer.Report.Isolation).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        [.. answers.SelectMany(static answer => answer.Report.Pools)
            .GroupBy(static pool => pool with { Ready = 0 }).Select(static same => same.Key with { Ready = same.Sum(static pool => pool.Ready) })],
        [.. answers.Select(static answer => ProcessOf(answer.Member)).OrderBy(static process => process.Name, StringComparer.Ordinal)]);

    // What was let in just before, and has no sandbox yet, is in no table: but it has taken its place.
    private static NodeStatus StatusOf(IReadOnlyList<Answer> answers, NodeWork work, DateTimeOffset? drainingSince) =>
        answers.Count == 0 ? NodeStatus.Unreachable
        : drainingSince is null ? NodeStatus.Active
        : work.IsNone && answers.All(static answer => answer.Report.Free == answer.Report.Capacity) ? NodeStatus.Drained : NodeStatus.Draining;

    private static NodeProcess ProcessOf(MembershipEntry member) => new(
        member.SiloName,
        member.SiloAddress.Endpoint.ToString(),
        new DateTimeOffset(DateTime.SpecifyKind(member.StartTime, DateTimeKind.Utc)),
        new DateTimeOffset(DateTime.SpecifyKind(member.IAmAliveTime, DateTimeKind.Utc)));

    private static DateTimeOffset? SinceOf(IReadOnlyDictionary<string, DateTimeOffset> draining, string name) =>
        draining.TryGetValue(name, out var since) ? since : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Process {Name} ({Silo}) does not say how it stands")]
    private partial void LogSilent(string name, SiloAddress silo, Exception exception);

    private sealed record Answer(MembershipEntry Member, NodeReport Report);
}
