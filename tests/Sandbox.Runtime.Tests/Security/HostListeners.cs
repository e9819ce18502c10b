using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Sandbox.Runtime.Tests.Security;

/// <summary>What the host has to lose: a listener on its loopback, one on an abstract name, and a file that all may read.</summary>
internal sealed class HostListeners : IDisposable
{
    private readonly TcpListener _loopback = new(IPAddress.IPv6Any, 0);
    private readonly Socket _abstract = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _file = Path.Combine(Path.GetTempPath(), "sandbox-secret-" + RandomNumberGenerator.GetHexString(8));

    public HostListeners()
    {
        _loopback.Server.DualMode = true;
        _loopback.Start();
        var name = "sandbox-test-" + RandomNumberGenerator.GetHexString(8);
        _abstract.Bind(new UnixDomainSocketEndPoint("\0" + name));
        _abstract.Listen();
        File.WriteAllText(_file, "secret of the host");
        Arguments = [name, ((IPEndPoint)_loopback.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture), _file];
    }

    /// <summary>Abstract name, port and path, as hostile programs get them.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>True once anybody has connected.</summary>
    public bool WereReached => _loopback.Pending() || _abstract.Poll(0, SelectMode.SelectRead);

    public void Dispose()
    {
        _loopback.Dispose();
        _abstract.Dispose();
        File.Delete(_file);
    }
}
