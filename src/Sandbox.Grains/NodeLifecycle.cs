using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Sandboxes;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Snapshots;
using Sandbox.Runtime;
using Sandbox.Runtime.Pool;

namespace Sandbox.Grains;

/// <summary>
/// Start of a node, after its silo is active: find out what the host can do, remove what an earlier process left and no
/// job or session claims, take up those that it left, and only then fill the pool and sweep again and again.
/// </summary>
internal sealed partial class NodeLifecycle(
    ISandboxRuntime runtime,
    SandboxPool pool,
    SandboxSweep sweep,
    IJobQueries jobs,
    ISessionQueries sessions,
    ISnapshotQueries snapshots,
    IGrainFactory grains,
    IOptions<NodeOptions> options,
    RuntimeInstruments instruments,
    ILogger<NodeLifecycle> logger) : BackgroundService
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the node takes work; faults when it never will.</summary>
    public Task Ready => _ready.Task;

    /// <summary>
    /// Goes before the doors open: a job that came while the host is still looked at would be refused for want of an
    /// engine, and its sandbox, which nobody claims yet, be swept away.
    /// </summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await runtime.Initialize(cancellationToken);
            await grains.GetGrain<ITemplateCatalogueGrain>(0).Recover(cancellationToken);
            var node = options.Value.Name;
            var openJobs = await jobs.ListOpen(node, cancellationToken).ToListAsync(cancellationToken);
            var openSessions = await sessions.ListOpen(node, cancellationToken).ToListAsync(cancellationToken);
            var claimed = openJobs.Select(job => job.SandboxId).Concat(openSessions.Select(session => session.SandboxId));
            var swept = await runtime.Sweep(Parse(claimed), cancellationToken);
            LogStarted(node, openJobs.Count, openSessions.Count, swept);
            await Task.WhenAll(
                openJobs.Select(job => Recover(job.Id.ToString(), () => grains.GetGrain<IJobGrain>(job.Id.ToString()).Recover(cancellationToken), cancellationToken))
                    .Concat(openSessions.Select(session => Recover(
                        session.Id.ToString(), () => grains.GetGrain<ISessionGrain>(session.Id.ToString()).Recover(cancellationToken), cancellationToken))));
            await foreach (var unfinished in snapshots.ListUnfinished(node, cancellationToken))
                await Recover(unfinished.ToString(), () => grains.GetGrain<ISnapshotGrain>(unfinished.ToString()).Recover(cancellationToken), cancellationToken);
            await Task.WhenAll(
                grains.GetGrain<IJobJanitorGrain>(0).Start(), grains.GetGrain<ISessionJanitorGrain>(0).Start(), grains.GetGrain<ISnapshotJanitorGrain>(0).Start());
            instruments.ObservePool(() => pool.Ready);
            _ready.TrySetResult();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(e);
            _ready.TrySetException(e);
            throw;
        }

        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(pool.Run(stoppingToken), sweep.Run(stoppingToken));

    // What cannot be taken up must not keep the node from serving the others.
    private async Task Recover(string id, Func<Task> recover, CancellationToken cancellationToken)
    {
        try
        {
            await recover();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTakenUp(id, e);
        }
    }

    private static HashSet<SandboxId> Parse(IEnumerable<string?> ids)
    {
        var parsed = new HashSet<SandboxId>();
        foreach (var text in ids)
        {
            if (SandboxId.TryParse(text, out var id))
                parsed.Add(id);
        }

        return parsed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} takes work: {Jobs} jobs and {Sessions} sessions taken up, {Swept} left-over sandboxes removed")]
    private partial void LogStarted(string node, int jobs, int sessions, int swept);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Id} could not be taken up from an earlier process")]
    private partial void LogNotTakenUp(string id, Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The node cannot start")]
    private partial void LogFailed(Exception exception);
}
