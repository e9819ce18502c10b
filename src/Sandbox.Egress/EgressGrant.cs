using Microsoft.AspNetCore.Http;
using Sandbox.Egress.Rules;

namespace Sandbox.Egress;

/// <summary>What a way out is to lead to.</summary>
/// <param name="Owner">For whom the sandbox works.</param>
/// <param name="Rules">What it may connect to.</param>
/// <param name="Budget">What it may still use.</param>
public sealed record EgressGrant(EgressOwner Owner, EgressRules Rules, EgressBudget Budget)
{
    /// <summary>
    /// Hosts that exist nowhere but here, by name: requests without TLS for them are answered by this process and leave it not.
    /// They are not on the record of connections, since they are none.
    /// </summary>
    public IReadOnlyDictionary<string, RequestDelegate> VirtualHosts { get; init; } = new Dictionary<string, RequestDelegate>();

    /// <summary>What is told of a host on the record in place of its name; null for the name.</summary>
    public Func<string, string>? NameOnRecord { get; init; }

    /// <summary>
    /// Answers what programs ask of the port of the way out itself, and not of a host behind it. Whoever gives it bounds it. Null for
    /// nothing: then such a request is malformed.
    /// </summary>
    public RequestDelegate? Own { get; init; }

    /// <summary>
    /// Headers for hosts. A request without TLS for such a host is sent on with TLS, as far as the rules allow that; null for none.
    /// </summary>
    public HeadersFor? Headers { get; init; }
}
