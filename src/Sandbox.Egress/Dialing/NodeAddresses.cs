using System.Net;
using System.Net.NetworkInformation;

namespace Sandbox.Egress.Dialing;

/// <summary>The addresses of this node. They are looked up again after a while, since they change.</summary>
internal sealed class NodeAddresses(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private IReadOnlyCollection<IPAddress> _known = [];
    private long? _readAt;

    /// <summary>Every address of every interface.</summary>
    public IReadOnlyCollection<IPAddress> Read()
    {
        lock (_lock)
        {
            if (_readAt is { } at && time.GetElapsedTime(at) < Kept)
                return _known;
            _known = [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(of => of.GetIPProperties().UnicastAddresses).Select(entry => entry.Address)];
            _readAt = time.GetTimestamp();
            return _known;
        }
    }
}
