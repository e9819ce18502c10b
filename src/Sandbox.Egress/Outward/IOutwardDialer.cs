using System.Net;
using System.Net.Sockets;

namespace Sandbox.Egress.Outward;

/// <summary>
/// Opens connections of the server's own to addresses that a tenant has named, by the rules that hold for sandboxes: what was
/// resolved is checked and connected to, and private, special and the node's own addresses are refused unless the operator names them.
/// </summary>
public interface IOutwardDialer
{
    /// <summary>Connects to a host, by name or address.</summary>
    /// <param name="host">A name, or an address in its usual notation.</param>
    /// <param name="port">The port.</param>
    /// <param name="opened">Ranges of private and special addresses that the operator has opened.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<OutwardDial> Dial(string host, int port, IReadOnlyList<IPNetwork> opened, CancellationToken cancellationToken);

    /// <summary>The reason why an address, as a host that is none but that, would be refused; null where it would not be, or is a name.</summary>
    string? RefusalOf(string host, IReadOnlyList<IPNetwork> opened);
}

/// <summary>A connection, or why there is none.</summary>
/// <param name="Socket">The connection, which the caller owns; null if there is none.</param>
/// <param name="Reason">Why there is none, such as <c>address_reserved</c>; null if there is one.</param>
public sealed record OutwardDial(Socket? Socket, string? Reason);
