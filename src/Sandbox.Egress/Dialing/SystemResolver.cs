using System.Net;
using System.Net.Sockets;

namespace Sandbox.Egress.Dialing;

/// <summary>Resolves as the host does.</summary>
internal sealed class SystemResolver : IEgressResolver
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<IPAddress>> Resolve(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(name, cancellationToken);
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
