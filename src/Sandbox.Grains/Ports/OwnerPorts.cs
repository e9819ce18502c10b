using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Policies.Rules;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Ports;

/// <summary>
/// The ways to the ports of one sandbox. What was revoked or narrowed is remembered: a request that was let through a moment before
/// finds it cut, not open.
/// </summary>
internal sealed class OwnerPorts
{
    // Each has connections of its own. A port that nobody uses at the moment makes room for another one.
    private const int MostRoutes = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, PortRoute> _routes = [];
    private readonly HashSet<string> _revoked = new(StringComparer.Ordinal);
    private PolicyServices _allowed = new();
    private bool _closed;

    /// <summary>The way to a port; null where it is closed, or too many others are in use.</summary>
    /// <param name="port">The port.</param>
    /// <param name="link">The sandbox: a session that was woken has another one than before.</param>
    /// <param name="make">Makes the way where there is none.</param>
    public IPortRoute? Route(int port, SandboxLink link, Func<PortRoute> make)
    {
        PortRoute? gone = null;
        PortRoute? route = null;
        lock (_lock)
        {
            if (_closed || !ServicesRule.Allows(_allowed, port))
                return null;
            if (_routes.TryGetValue(port, out var known) && known.Link == link)
                return known;
            gone = known ?? (_routes.Count < MostRoutes ? null : _routes.Values.FirstOrDefault(static other => !other.IsInUse));
            if (gone is not null || _routes.Count < MostRoutes)
            {
                foreach (var entry in _routes.Where(entry => entry.Value == gone).ToList())
                    _routes.Remove(entry.Key);
                _routes.Add(port, route = make().Without(_revoked));
            }
        }

        // Outside of the lock: what is cut calls back at once.
        gone?.End();
        return route;
    }

    public void Close() => Cut(static _ => true, closes: true);

    public void Narrow(PolicyServices allowed)
    {
        lock (_lock)
            _allowed = allowed;
        Cut(port => !ServicesRule.Allows(allowed, port), closes: false);
    }

    public void Revoke(string tokenId)
    {
        List<PortRoute> routes;
        lock (_lock)
        {
            _revoked.Add(tokenId);
            routes = [.. _routes.Values];
        }

        foreach (var route in routes)
            route.Revoke(tokenId);
    }

    // Outside of the lock: what is cut calls back at once.
    private void Cut(Predicate<int> which, bool closes)
    {
        List<PortRoute> cut = [];
        lock (_lock)
        {
            _closed |= closes;
            foreach (var (port, route) in _routes.Where(entry => which(entry.Key)).ToList())
            {
                _routes.Remove(port);
                cut.Add(route);
            }
        }

        foreach (var route in cut)
            route.End();
    }
}
