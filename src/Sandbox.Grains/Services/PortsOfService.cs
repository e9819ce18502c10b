using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Ports;

namespace Sandbox.Grains.Services;

/// <summary>The port of a service, in the process that holds its sandbox.</summary>
internal sealed class PortsOfService(PortRoutes routes, string process)
{
    /// <summary>Where it is reached.</summary>
    public PortPlace PlaceOf(ServiceState state) =>
        new(state.Session.Id, state.Session.TenantId, state.Session.SandboxId, state.Spec.Port, process);

    /// <summary>Whether it answers as it should. Outside of the grain's turns, which what a sandbox sends must not hold up.</summary>
    public Task<bool> Answers(ServiceState state, CancellationToken cancellationToken) => routes.Find(PlaceOf(state)) is { } route
        ? Task.Run(() => ServiceProbe.Check(route, state.Spec.Port, state.Spec.Health, cancellationToken), CancellationToken.None)
        : Task.FromResult(false);

    /// <summary>A token opens nothing any more.</summary>
    public void Revoke(ServiceState state, string tokenId) => routes.Revoke(state.Session.Id, tokenId);
}
