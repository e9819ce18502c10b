using System.Net;

namespace Sandbox.Egress.Rules;

/// <summary>
/// What a sandbox may connect to, compiled from rules that each have either a name (exact, or <c>*.suffix</c> for every name
/// below the suffix) or a range of addresses. What no rule allows is refused. Immutable and pure.
/// </summary>
public sealed class EgressRules
{
    private static readonly int[] DefaultPorts = [80, 443];

    private readonly List<(string Name, bool Below, HashSet<int> Ports)> _names = [];
    private readonly List<(IPNetwork Range, HashSet<int> Ports)> _ranges = [];

    private EgressRules()
    {
    }

    /// <summary>Nothing is allowed.</summary>
    public static EgressRules None { get; } = new();

    /// <summary>Whether no rule is there, so that a sandbox needs no way out at all.</summary>
    public bool IsEmpty => _names.Count == 0 && _ranges.Count == 0;

    /// <summary>Compiles rules; one without ports is for 80 and 443.</summary>
    /// <exception cref="FormatException">A rule is not valid; the message says which and why, without its text.</exception>
    public static EgressRules Compile(IEnumerable<(string? Host, string? Cidr, IReadOnlyList<int>? Ports)> rules)
    {
        var compiled = new EgressRules();
        foreach (var (index, (host, cidr, ports)) in rules.Index())
        {
            if (ports is not null && (ports.Count == 0 || ports.Any(port => port is < 1 or > 65535)))
                throw new FormatException($"Egress rule {index}: ports are numbers from 1 to 65535, at least one.");
            compiled.Add(index, host, cidr, [.. ports ?? DefaultPorts]);
        }
        return compiled;
    }

    /// <summary>Why the normalised name may not be connected to on the port; null if it may, where its address may as well.</summary>
    internal EgressReason? RefusalOfName(string name, int port)
    {
        var rules = _names.Where(rule => rule.Below ? name.EndsWith(rule.Name, StringComparison.Ordinal) && name.Length > rule.Name.Length : name == rule.Name);
        return Refusal(rules.Select(rule => rule.Ports), port, EgressReason.NameNotAllowed);
    }

    /// <summary>Why an address may not be connected to on the port; null if it may.</summary>
    /// <param name="address">The address, canonical.</param>
    /// <param name="port">The port.</param>
    /// <param name="named">Whether it is the address of a name that a rule allows on this port.</param>
    /// <param name="own">Whether it is an address of the node itself: only a rule for exactly this address opens it.</param>
    internal EgressReason? RefusalOfAddress(IPAddress address, int port, bool named, bool own)
    {
        var reserved = EgressAddress.ReservedRanges(address).ToArray();
        var rules = _ranges.Where(rule => rule.Range.Contains(address)).ToArray();
        if (reserved.Length > 0 || own)
        {
            // A wide range such as 0.0.0.0/0 is no word about what is special in it: the rule has to lie within that.
            rules = [.. rules.Where(rule => reserved.All(range => Within(rule.Range, range)) && (!own || IsOne(rule.Range, address) || IPAddress.IsLoopback(address)))];
            return Refusal(rules.Select(rule => rule.Ports), port, EgressReason.AddressReserved);
        }
        return named ? null : Refusal(rules.Select(rule => rule.Ports), port, EgressReason.AddressNotAllowed);
    }

    private static EgressReason? Refusal(IEnumerable<HashSet<int>> ports, int port, EgressReason otherwise)
    {
        EgressReason? refusal = otherwise;
        foreach (var allowed in ports)
        {
            if (allowed.Contains(port))
                return null;
            refusal = EgressReason.PortNotAllowed;
        }
        return refusal;
    }

    private static bool Within(IPNetwork inner, IPNetwork outer) => inner.PrefixLength >= outer.PrefixLength && outer.Contains(inner.BaseAddress);

    private static bool IsOne(IPNetwork range, IPAddress address) => range.PrefixLength == address.GetAddressBytes().Length * 8;

    private void Add(int index, string? host, string? cidr, HashSet<int> ports)
    {
        if (host is null == cidr is null)
            throw new FormatException($"Egress rule {index}: a rule has either a host or a range.");
        if (cidr is not null)
        {
            _ranges.Add((EgressAddress.ParseRange(cidr) ?? throw new FormatException($"Egress rule {index}: not a range of addresses."), ports));
            return;
        }
        var name = EgressNotation.Host(host!) ?? throw new FormatException($"Egress rule {index}: not a host name, nor *. before one.");
        var below = name.StartsWith(EgressNotation.Below, StringComparison.Ordinal);
        // With its dot, a name below is told from one that only ends in the same letters.
        _names.Add((below ? name[1..] : name, below, ports));
    }
}
