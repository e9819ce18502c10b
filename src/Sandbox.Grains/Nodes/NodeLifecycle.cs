using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Sandboxes;
using Sandbox.Runtime;
using Sandbox.Runtime.Pool;

namespace Sandbox.Grains.Nodes;

/// <summary>
/// Start of a node, after its silo is active: find out what the host can do, remove what an earlier process left and no
/// job or session claims, take up those that it left, and only then fill the pool and sweep again and again.
/// </summary>
internal sealed partial class NodeLifecycle(
    ISandboxRuntime runtime,
    SandboxPool pool,
    SandboxClaims claims,
    SandboxSweep sweep,
    NodeTakeUp takeUp,
    NodeDrain drain,
    NodeSuccession succession,
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
            await drain.Load(cancellationToken);
            succession.Listen();
            var swept = await runtime.Sweep(await claims.All(cancellationToken), cancellationToken);
            var (jobs, sessions) = await takeUp.Run(cancellationToken);
            LogStarted(options.Value.Name, jobs, sessions, swept);
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

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(pool.Run(stoppingToken), sweep.Run(stoppingToken), succession.Run(stoppingToken), drain.Run(stoppingToken));

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} takes work: {Jobs} jobs and {Sessions} sessions have not ended, {Swept} left-over sandboxes removed")]
    private partial void LogStarted(string node, int jobs, int sessions, int swept);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The node cannot start")]
    private partial void LogFailed(Exception exception);
}
