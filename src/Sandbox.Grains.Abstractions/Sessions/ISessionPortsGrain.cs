using Orleans.Concurrency;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>The ports of one session's sandbox: the session's grain under another interface.</summary>
[Alias("sandbox.session.ports")]
public interface ISessionPortsGrain : IGrainWithStringKey
{
    /// <summary>Counts as work and says where a port is reached, as far as policy opens it; resumes a paused session.</summary>
    [Alias("reach"), AlwaysInterleave]
    Task<Reply<PortPlace>> Reach(Caller caller, int port, CancellationToken cancellationToken = default);
}
