using System.Net;
using System.Net.Sockets;
using Sandbox.Egress.Rules;

namespace Sandbox.Egress.Dialing;

/// <summary>What became of a connection out of a sandbox.</summary>
/// <param name="Socket">The connection, which the caller owns; null if there is none.</param>
/// <param name="Address">The address that it goes to.</param>
/// <param name="Reason">Why there is none.</param>
internal sealed record EgressDial(Socket? Socket, IPAddress? Address, EgressReason? Reason)
{
    /// <summary>No connection.</summary>
    public static EgressDial Refused(EgressReason reason) => new(null, null, reason);
}
