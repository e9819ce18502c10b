using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Output;
using Sandbox.Grains.Services;
using Sandbox.Grains.Sessions;
using Sandbox.Runtime;

namespace Sandbox.Grains.Ports;

/// <summary>
/// Ways to ports of the sandboxes that this process holds, of sessions and of services. Whoever lets through one asks the grain first;
/// whoever closes one does it here, where every byte comes by.
/// </summary>
internal sealed class PortRoutes(SessionSandboxes sandboxes, IOptions<ServiceOptions> options, TimeProvider time) : IPortRoutes
{
    private readonly ConcurrentDictionary<string, OwnerPorts> _owners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, OutputPace> _paces = new(StringComparer.Ordinal);

    public IPortRoute? Find(PortPlace place)
    {
        if (LinkOf(place) is not { } link)
            return null;
        var route = _owners.GetOrAdd(place.Owner, static _ => new OwnerPorts()).Route(place.Port, link, () => new PortRoute(link, place.Port, PaceOf(place.TenantId)));
        if (LinkOf(place) == link)
            return route;
        // Its owner ended in between, and found nothing to close yet.
        Close(place.Owner);
        return null;
    }

    /// <summary>A sandbox goes: whatever is open to it is cut.</summary>
    public void Close(string owner)
    {
        if (_owners.TryRemove(owner, out var ports))
            ports.Close();
    }

    /// <summary>Policy allows these ports alone from now on: what is open to others is cut.</summary>
    public void Narrow(string owner, PolicyServices allowed) => _owners.GetOrAdd(owner, static _ => new OwnerPorts()).Narrow(allowed);

    /// <summary>A token opens nothing any more: whatever came with it is cut.</summary>
    public void Revoke(string owner, string tokenId) => _owners.GetOrAdd(owner, static _ => new OwnerPorts()).Revoke(tokenId);

    private SandboxLink? LinkOf(PortPlace place) => SandboxId.TryParse(place.SandboxId, out var id) ? sandboxes.Find(id) : null;

    private OutputPace PaceOf(string tenant) =>
        _paces.GetOrAdd(tenant, _ => new OutputPace(options.Value.BytesPerSecond, options.Value.BytesPerSecond, time));
}
