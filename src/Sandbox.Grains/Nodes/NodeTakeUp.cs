using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Services;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Snapshots;
using Sandbox.Grains.Webhooks;
using Sandbox.Grains.Workflows;

namespace Sandbox.Grains.Nodes;

/// <summary>
/// Takes up what a process of this node has left when it ended: touches the grains of all that has not ended. Where one lives
/// in another process, nothing happens.
/// </summary>
internal sealed partial class NodeTakeUp(
    IJobQueries jobs,
    ISessionQueries sessions,
    IServiceQueries services,
    ISnapshotQueries snapshots,
    IWorkflowQueries workflows,
    IGrainFactory grains,
    IOptions<NodeOptions> options,
    TimeProvider time,
    ILogger<NodeTakeUp> logger)
{
    // Where a grain is looked for is known in the cluster some moments after the process that had it is known to be gone.
    private const int Attempts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Touches all that has not ended; how many jobs and sessions that are.</summary>
    public async Task<(int Jobs, int Sessions)> Run(CancellationToken cancellationToken)
    {
        await grains.GetGrain<ITemplateCatalogueGrain>(0).Recover(cancellationToken);
        var node = options.Value.Name;
        var openJobs = await jobs.ListOpen(node, cancellationToken).Select(job => job.Id.ToString()).ToListAsync(cancellationToken);
        var openSessions = await sessions.ListOpen(node, cancellationToken).Select(session => session.Id.ToString()).ToListAsync(cancellationToken);
        var openServices = await services.ListOpen(node, cancellationToken).Select(service => service.Id.ToString()).ToListAsync(cancellationToken);
        await Task.WhenAll(
            openJobs.Select(id => Touch(id, () => grains.GetGrain<IJobGrain>(id).Recover(cancellationToken), cancellationToken))
                .Concat(openSessions.Select(id => Touch(id, () => grains.GetGrain<ISessionGrain>(id).Recover(cancellationToken), cancellationToken)))
                .Concat(openServices.Select(id => Touch(id, () => grains.GetGrain<IServiceGrain>(id).Recover(cancellationToken), cancellationToken))));
        await foreach (var unfinished in snapshots.ListUnfinished(node, cancellationToken))
            await Touch(unfinished.ToString(), () => grains.GetGrain<ISnapshotGrain>(unfinished.ToString()).Recover(cancellationToken), cancellationToken);
        // After their jobs and sessions, which they ask for.
        await foreach (var workflow in workflows.ListOpen(node, cancellationToken))
            await Touch(workflow.ToString(), () => grains.GetGrain<IWorkflowGrain>(workflow.ToString()).Recover(cancellationToken), cancellationToken);
        await Task.WhenAll(
            grains.GetGrain<IJobJanitorGrain>(0).Start(),
            grains.GetGrain<ISessionJanitorGrain>(0).Start(),
            grains.GetGrain<IServiceJanitorGrain>(0).Start(),
            grains.GetGrain<ISnapshotJanitorGrain>(0).Start(),
            grains.GetGrain<IWebhookJanitorGrain>(0).Start(),
            grains.GetGrain<IWorkflowJanitorGrain>(0).Start());
        return (openJobs.Count, openSessions.Count);
    }

    // What cannot be taken up must not keep the node from serving the others.
    private async Task Touch(string id, Func<Task> recover, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await recover();
                return;
            }
            catch (Exception) when (attempt < Attempts && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotTakenUp(id, e);
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Id} could not be taken up from an earlier process")]
    private partial void LogNotTakenUp(string id, Exception exception);
}
