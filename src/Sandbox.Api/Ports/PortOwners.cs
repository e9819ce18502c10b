using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Ports;

/// <summary>The services and sessions that ports belong to.</summary>
internal sealed class PortOwners(IGrainFactory grains)
{
    private static readonly Refusal NotFound = new(RefusalCodes.NotFound, "There is no such service or port.");
    private static readonly Refusal NoAnswer = new(RefusalCodes.PortUnreachable, "Nothing answers at the port, or what answers is no HTTP.");

    /// <summary>Where the port of a door is reached, or why it is not.</summary>
    public async Task<Reply<PortPlace>> Reach(PortDoor door, Caller caller, CancellationToken cancellationToken)
    {
        if (door.Service is { } service)
        {
            var reply = await grains.GetGrain<IServiceGrain>(service.ToString()).Reach(caller, cancellationToken);
            return reply.Value is { } place && door.Port is { } named && named != place.Port ? NotFound : reply;
        }

        if (door is not { Session: { } session, Port: { } port })
            return NotFound;
        if (Services.Requests.ServiceRequestMapping.FaultOfPort(port) is { } fault)
            return new Refusal(RefusalCodes.InvalidRequest, fault, "port");
        return await grains.GetGrain<ISessionPortsGrain>(session.ToString()).Reach(caller, port, cancellationToken);
    }

    /// <summary>Why a request did not come through.</summary>
    public async Task<Refusal> Explain(PortDoor door, Caller caller, CancellationToken cancellationToken)
    {
        if (door.Service is { } service)
            return await grains.GetGrain<IServiceGrain>(service.ToString()).Explain(caller, cancellationToken);
        return door.Session is { } session
            ? (await grains.GetGrain<ISessionGrain>(session.ToString()).Get(caller, cancellationToken)).Refusal ?? NoAnswer
            : NotFound;
    }
}
