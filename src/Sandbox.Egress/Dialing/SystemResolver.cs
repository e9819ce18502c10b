using System.Net;
using System.Net.Sockets;

namespace Sandbox.Egress.Dialing;

/// <summary>Resolves as the host does.</summary>
internal sealed class SystemResolver : IEgressResolver
{
    // The host's resolver holds a thread until it has an answer, also when nobody waits for that any more.
    private const int LookUpsAtOnce = 64;

    private readonly SemaphoreSlim _lookUps = new(LookUpsAtOnce);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IPAddress>> Resolve(string name, CancellationToken cancellationToken)
    {
        await _lookUps.WaitAsync(cancellationToken);
        return await LookUp(name).WaitAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<IPAddress>> LookUp(string name)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(name);
        }
        catch (SocketException)
        {
            return [];
        }
        finally
        {
            _lookUps.Release();
        }
    }
}
