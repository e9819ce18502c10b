using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Sandbox.Egress.Tls;

/// <summary>TLS that the node itself speaks with a host, in place of a program that does not know what it is sent.</summary>
internal sealed class OutwardTls
{
    private readonly X509Certificate2Collection _authorities = [];
    private readonly TimeSpan _timeout;

    private readonly TimeProvider _time;

    public OutwardTls(IOptions<EgressOptions> options, TimeProvider time)
    {
        _time = time;
        _timeout = TimeSpan.FromSeconds(options.Value.ConnectTimeoutSeconds);
        if (options.Value.AuthoritiesFile is { } file)
            _authorities.ImportFromPemFile(file);
    }

    /// <summary>Begins TLS on a connection, with the certificate of the host verified; null where it cannot be.</summary>
    public async Task<Stream?> Begin(EgressConnection connection, string host, CancellationToken cancellationToken)
    {
        var tls = new SslStream(connection, leaveInnerStreamOpen: true, Accepts);
        using var timeout = new CancellationTokenSource(_timeout, _time);
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

    // The system's authorities count, and those that the operator names.
    private bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || _authorities.Count == 0 || certificate is not X509Certificate2 own || chain is null)
            return false;
        using var named = new X509Chain();
        named.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        named.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        named.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        foreach (var element in chain.ChainElements)
            named.ChainPolicy.ExtraStore.Add(element.Certificate);
        return named.Build(own);
    }
}
