using Microsoft.Extensions.Diagnostics.HealthChecks;
using Sandbox.Runtime;

namespace Sandbox.Grains.Nodes;

/// <summary>Ready when the node has taken up its past and has an engine to run code with.</summary>
internal sealed class NodeHealthCheck(NodeLifecycle lifecycle, ISandboxRuntime runtime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!lifecycle.Ready.IsCompleted)
            return Task.FromResult(HealthCheckResult.Unhealthy("The node is starting."));
        if (lifecycle.Ready.IsFaulted)
            return Task.FromResult(HealthCheckResult.Unhealthy("The node could not start."));
        return Task.FromResult(runtime.Available.Count > 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("No OCI runtime works on this host."));
    }
}
