using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Sandbox.Grains.Sandboxes;
using Sandbox.Runtime;

namespace Sandbox.Grains.Nodes;

/// <summary>
/// Goes on with what another process had when that one has ended: its sandboxes live on, but nobody looks after them until their
/// grains are somewhere again. What it had made and nobody claims is removed.
/// </summary>
internal sealed partial class NodeSuccession(
    ISiloStatusOracle silos, NodeTakeUp takeUp, ISandboxRuntime runtime, SandboxClaims claims, ILogger<NodeSuccession> logger) : ISiloStatusListener
{
    // One is as good as many: each round looks at all there is.
    private readonly Channel<SiloAddress> _ended =
        Channel.CreateBounded<SiloAddress>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>From now on no process ends unnoticed. Before what earlier ones left is taken up.</summary>
    public void Listen() => silos.SubscribeToSiloStatusEvents(this);

    public async Task Run(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var silo in _ended.Reader.ReadAllAsync(cancellationToken))
                await Succeed(silo, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node stops.
        }
        finally
        {
            silos.UnSubscribeFromSiloStatusEvents(this);
        }
    }

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status == SiloStatus.Dead && !updatedSilo.Equals(silos.SiloAddress))
            _ended.Writer.TryWrite(updatedSilo);
    }

    private async Task Succeed(SiloAddress silo, CancellationToken cancellationToken)
    {
        try
        {
            var (jobs, sessions) = await takeUp.Run(cancellationToken);
            var swept = await runtime.SweepOrphans(await claims.All(cancellationToken), cancellationToken);
            LogSucceeded(silo, jobs, sessions, swept);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whoever asks for one of its grains takes that up; the rest waits for the next start.
            LogFailed(silo, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Process {Silo} has ended: {Jobs} jobs and {Sessions} sessions go on here, {Swept} left-over sandboxes removed")]
    private partial void LogSucceeded(SiloAddress silo, int jobs, int sessions, int swept);

    [LoggerMessage(Level = LogLevel.Error, Message = "What process {Silo} had could not be taken up")]
    private partial void LogFailed(SiloAddress silo, Exception exception);
}
