using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Jobs;
using Sandbox.Runtime;
using Sandbox.Runtime.Pool;

namespace Sandbox.Grains;

/// <summary>
/// Start of a node, after its silo is active: find out what the host can do, remove what an earlier process left and no
/// job claims, take up the jobs that it left, and only then fill the pool.
/// </summary>
internal sealed partial class NodeLifecycle(
    ISandboxRuntime runtime,
    SandboxPool pool,
    IJobQueries queries,
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
            var open = await queries.ListOpen(options.Value.Name, cancellationToken).ToListAsync(cancellationToken);
            var swept = await runtime.Sweep(Claimed(open), cancellationToken);
            LogStarted(options.Value.Name, open.Count, swept);
            await Task.WhenAll(open.Select(job => Recover(job.Id, cancellationToken)));
            await grains.GetGrain<IJobJanitorGrain>(0).Start();
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

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => pool.Run(stoppingToken);

    // One job that cannot be taken up must not keep the node from serving the others.
    private async Task Recover(JobId job, CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<IJobGrain>(job.ToString()).Recover(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTakenUp(job, e);
        }
    }

    private static HashSet<SandboxId> Claimed(IEnumerable<OpenJob> open)
    {
        var claimed = new HashSet<SandboxId>();
        foreach (var job in open)
        {
            if (SandboxId.TryParse(job.SandboxId, out var id))
                claimed.Add(id);
        }

        return claimed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} takes work: {Open} jobs taken up, {Swept} left-over sandboxes removed")]
    private partial void LogStarted(string node, int open, int swept);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} could not be taken up from an earlier process")]
    private partial void LogNotTakenUp(JobId job, Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The node cannot start")]
    private partial void LogFailed(Exception exception);
}
