namespace Sandbox.Grains.Abstractions.Policies;

/// <summary>One thing that sandboxes may connect to: either names or a range of addresses.</summary>
/// <param name="Host">A host name, or <c>*.</c> and one, for every name below it; stored in lower case and punycode, without a dot at its end.</param>
/// <param name="Cidr">A range of addresses, such as <c>10.1.0.0/16</c>; stored in its canonical form.</param>
/// <param name="Ports">Ports, 1 to 65535; 80 and 443 where null.</param>
[GenerateSerializer, Immutable, Alias("sandbox.policy.egress_rule")]
public sealed record EgressRule([property: Id(0)] string? Host = null, [property: Id(1)] string? Cidr = null, [property: Id(2)] IReadOnlyList<int>? Ports = null);
