using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Options;
using Sandbox.Egress.Outward;

namespace Sandbox.Egress.Tls;

/// <summary>TLS that the node itself speaks with a host, in place of a program that does not know what it is sent.</summary>
internal sealed class OutwardTls(OutwardAuthorities authorities, IOptions<EgressOptions> options, TimeProvider time)
{
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(options.Value.ConnectTimeoutSeconds);

    /// <summary>Begins TLS on a connection, with the certificate of the host verified; null where it cannot be.</summary>
    public async Task<Stream?> Begin(EgressConnection connection, string host, CancellationToken cancellationToken)
    {
        var tls = new SslStream(connection, leaveInnerStreamOpen: true, authorities.Accepts);
        using var timeout = new CancellationTokenSource(_timeout, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ends.Token);
            return tls;
        }
        catch (Exception e) when (e is AuthenticationException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await tls.DisposeAsync();
            return null;
        }
    }
}
