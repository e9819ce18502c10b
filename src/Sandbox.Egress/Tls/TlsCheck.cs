using Sandbox.Egress.Rules;

namespace Sandbox.Egress.Tls;

/// <summary>Whether the beginning of a connection fits the name that it was opened for.</summary>
internal static class TlsCheck
{
    /// <summary>The port on which nothing but TLS is spoken.</summary>
    public const int Port = 443;

    /// <summary>
    /// Why the connection must not go on; null if it may. A rule for another port than 443 permits any protocol on it; TLS has
    /// to name the host on every port.
    /// </summary>
    /// <param name="hello">The beginning, no longer incomplete.</param>
    /// <param name="name">The normalised name that was asked for; null if an address was.</param>
    /// <param name="port">The port that was asked for.</param>
    public static EgressReason? Refusal(ClientHello hello, string? name, int port) => hello.State switch
    {
        ClientHelloState.NotTls => port == Port ? EgressReason.TlsExpected : null,
        ClientHelloState.Complete => name is null || Names(hello, name) ? null : EgressReason.TlsNameDiffers,
        _ => EgressReason.TlsMalformed,
    };

    private static bool Names(ClientHello hello, string name) => hello.ServerName is { } server && EgressName.Normalise(server) == name;
}
