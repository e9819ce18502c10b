using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Ports;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Services;

/// <summary>The node's side of services, one per silo: what every service's grain works with.</summary>
internal sealed class ServiceServices(
    SessionServices sessions, ServiceFiles files, PortRoutes routes, IOptions<ServiceOptions> options, ILogger<ServiceServices> logger)
{
    public SessionServices Sessions => sessions;

    public ServiceFiles Files => files;

    public PortRoutes Routes => routes;

    public ServiceOptions Options => options.Value;

    public IAuditLog Audit => sessions.Audit;

    public TimeProvider Time => sessions.Time;

    public ILogger Logger => logger;
}
