using System.Net;

namespace Sandbox.Egress.Records;

/// <summary>What was decided about a connection out of a sandbox.</summary>
/// <param name="Connection">Id of the connection.</param>
/// <param name="Owner">For whom the sandbox works.</param>
/// <param name="Host">The name or address that was asked for, as far as it is one; at most 253 characters.</param>
/// <param name="Port">The port.</param>
/// <param name="Address">The address that is connected to; null where none is.</param>
/// <param name="Reason">Why it is not opened, such as <c>name_not_allowed</c>; null where it is.</param>
/// <param name="IsRefusal">Whether the policy refuses it; false also where the network does.</param>
public sealed record EgressDecision(string Connection, EgressOwner Owner, string Host, int Port, IPAddress? Address, string? Reason, bool IsRefusal);
