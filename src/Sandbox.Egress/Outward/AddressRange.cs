using System.Net;
using Sandbox.Egress.Rules;

namespace Sandbox.Egress.Outward;

/// <summary>Ranges of addresses as an operator writes them.</summary>
public static class AddressRange
{
    /// <summary>Parses a range such as <c>10.1.0.0/16</c>; null if it is none, has bits set beyond its prefix or is written in an odd way.</summary>
    public static IPNetwork? Parse(string text) => EgressAddress.ParseRange(text);
}
