using Microsoft.Extensions.Logging;
using Sandbox.Runtime;

namespace Sandbox.Grains.Sandboxes;

/// <summary>
/// Removes, while the node runs, the sandboxes that nobody claims: those that could not be destroyed when their job or
/// session ended. One that is being made has no owner yet, so only what is found unclaimed twice, a period apart, goes.
/// </summary>
internal sealed partial class SandboxSweep(ISandboxRuntime runtime, SandboxClaims claims, TimeProvider time, ILogger<SandboxSweep> logger)
{
    /// <summary>Longer than a sandbox may take to be made, and than one is used to try out a template: nobody claims it meanwhile.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    public async Task Run(CancellationToken cancellationToken)
    {
        IReadOnlySet<SandboxId> suspects = new HashSet<SandboxId>();
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                suspects = await Round(suspects, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    // Nothing that goes wrong here may end the rounds.
    private async Task<IReadOnlySet<SandboxId>> Round(IReadOnlySet<SandboxId> suspects, CancellationToken cancellationToken)
    {
        try
        {
            // Listed first: what is made meanwhile is not among them.
            var unclaimed = runtime.ListOwn().ToHashSet();
            unclaimed.ExceptWith(await claims.All(cancellationToken));
            foreach (var id in unclaimed.Where(suspects.Contains))
            {
                LogSwept(id);
                await runtime.Destroy(id, cancellationToken);
            }

            return unclaimed;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(e);
            return new HashSet<SandboxId>();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sandbox {Sandbox} belongs to nobody and is removed")]
    private partial void LogSwept(SandboxId sandbox);

    [LoggerMessage(Level = LogLevel.Error, Message = "The node's sandboxes could not be swept")]
    private partial void LogFailed(Exception exception);
}
