namespace Sandbox.Egress.Records;

/// <summary>How a connection has ended.</summary>
/// <param name="Opened">What it was.</param>
/// <param name="BytesOut">Bytes sent to the outside.</param>
/// <param name="BytesIn">Bytes received from there.</param>
/// <param name="Duration">How long it was open.</param>
/// <param name="Outcome">
/// <c>closed</c> by either side, or why it was cut: <c>policy_changed</c>, <c>byte_limit</c>, <c>idle</c>, <c>ended</c> with the work, or
/// a reason such as <c>tls_name_differs</c>.
/// </param>
public sealed record EgressEnd(EgressDecision Opened, long BytesOut, long BytesIn, TimeSpan Duration, string Outcome);
