using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Sandbox.Egress.Outward;

/// <summary>Whose certificates count for connections of the server's own: the system's authorities, and those that the operator names.</summary>
public sealed class OutwardAuthorities
{
    private readonly X509Certificate2Collection _named = [];

    /// <summary>Reads <see cref="EgressOptions.AuthoritiesFile"/>.</summary>
    public OutwardAuthorities(IOptions<EgressOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Value.AuthoritiesFile is { } file)
            _named.ImportFromPemFile(file);
    }

    /// <summary>Whether a certificate that was shown is good for the host; a <see cref="RemoteCertificateValidationCallback"/>.</summary>
    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || _named.Count == 0 || certificate is not X509Certificate2 own || chain is null)
            return false;
        using var named = new X509Chain();
        named.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        named.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        named.ChainPolicy.CustomTrustStore.AddRange(_named);
        foreach (var element in chain.ChainElements)
            named.ChainPolicy.ExtraStore.Add(element.Certificate);
        return named.Build(own);
    }
}
