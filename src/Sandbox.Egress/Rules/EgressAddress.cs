using System.Net;
using System.Net.Sockets;

namespace Sandbox.Egress.Rules;

/// <summary>Addresses in one form, and which of them are reached only where a rule names them.</summary>
internal static class EgressAddress
{
    // What is not the public internet (the registries of special addresses, RFC 6890 and its like). The metadata services
    // stand alone, so that a rule for the range around them does not open them.
    private static readonly IPNetwork[] Reserved = [.. new[]
    {
        "0.0.0.0/8", // this network
        "10.0.0.0/8", // private
        "100.64.0.0/10", // carriers' NAT
        "127.0.0.0/8", // loopback
        "169.254.0.0/16", // link-local
        "169.254.169.254/32", // metadata
        "169.254.170.2/32", // credentials of containers
        "169.254.170.23/32", // credentials of containers
        "172.16.0.0/12", // private
        "100.100.100.200/32", // metadata
        "168.63.129.16/32", // a cloud's agent endpoint, on an address that looks public
        "192.0.0.0/24", // protocol assignments
        "192.0.0.192/32", // metadata
        "192.0.2.0/24", // documentation
        "192.88.99.0/24", // relays of 6to4
        "192.168.0.0/16", // private
        "198.18.0.0/15", // benchmarks
        "198.51.100.0/24", // documentation
        "203.0.113.0/24", // documentation
        "224.0.0.0/4", // multicast
        "240.0.0.0/4", // reserved, broadcast
        "::/3", // unspecified, loopback, compatible, NAT64
        "64:ff9b::/96", // NAT64: holds an address of IPv4 that nobody has checked
        "2001::/23", // protocol assignments, Teredo, benchmarks, ORCHID
        "2001:db8::/32", // documentation
        "2002::/16", // 6to4
        "3fff::/20", // documentation
        "4000::/2", // not assigned
        "8000::/1", // private, link-local, multicast, not assigned
        "fc00::/7", // private
        "fd00:ec2::23/128", // credentials of containers
        "fd00:ec2::254/128", // metadata
        "fd20:ce::254/128", // metadata
        "fe80::/10", // link-local
        "ff00::/8", // multicast
    }.Select(IPNetwork.Parse)];

    /// <summary>Parses an address in its usual notation, IPv6 with or without brackets; null for anything else.</summary>
    public static IPAddress? Parse(string text)
    {
        var bare = text is ['[', .., ']'] ? text[1..^1] : text;
        if (bare.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(bare, out var address))
            return null;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return bare.Contains('[', StringComparison.Ordinal) || bare.Contains(']', StringComparison.Ordinal) ? null : Canonical(address);
        // The parser takes 127.1, octal and hexadecimal; only what it would print itself is meant without doubt.
        return text == address.ToString() ? address : null;
    }

    /// <summary>The address without a scope, and as IPv4 where it is one in the form of IPv6 (::ffff:1.2.3.4).</summary>
    public static IPAddress Canonical(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());

    /// <summary>Parses a range; null if it is none, has bits set beyond its prefix or is written in an odd way.</summary>
    public static IPNetwork? ParseRange(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || text.StartsWith('[') || Parse(text[..slash]) is not { } address)
            return null;
        // A mapped range would be compared with addresses of IPv4 and never match: it is refused, not silently dead.
        var mapped = address.AddressFamily == AddressFamily.InterNetwork && text.Contains(':', StringComparison.Ordinal);
        return !mapped && IPNetwork.TryParse(text, out var range) && range.BaseAddress.Equals(address) ? range : null;
    }

    /// <summary>The special ranges that the canonical address lies in; none for a public one.</summary>
    public static IEnumerable<IPNetwork> ReservedRanges(IPAddress address) => Reserved.Where(range => range.Contains(address));
}
