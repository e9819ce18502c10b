using System.Text.Json;

namespace Sandbox.Egress.Rules;

/// <summary>Reasons as records name them, and as the programs inside are told.</summary>
internal static class EgressReasons
{
    /// <summary>The name of a reason, such as <c>name_not_allowed</c>.</summary>
    public static string Code(this EgressReason reason) => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    /// <summary>Whether the policy refuses, rather than the network.</summary>
    public static bool IsRefusal(this EgressReason reason) => reason is not (EgressReason.NameNotFound or EgressReason.Unreachable or EgressReason.Cancelled);

    /// <summary>What the program is told, in a sentence.</summary>
    public static string Text(this EgressReason reason) => reason switch
    {
        EgressReason.MalformedTarget => "The target is neither a host name nor an address in its usual notation.",
        EgressReason.NameNotAllowed => "The policy has no rule for this host.",
        EgressReason.PortNotAllowed => "The policy allows this host, but not on this port.",
        EgressReason.AddressNotAllowed => "The policy has no rule for this address.",
        EgressReason.AddressReserved => "The address is private or special, and the policy does not name it.",
        EgressReason.NameNotFound => "The name has no address.",
        EgressReason.Unreachable => "The host does not take the connection.",
        EgressReason.Cancelled => "It ended before the connection was made.",
        EgressReason.TlsExpected => "Only TLS is spoken on this port.",
        EgressReason.TlsMalformed => "The beginning of TLS is broken.",
        _ => "TLS names another host than the one that was asked for.",
    };
}
