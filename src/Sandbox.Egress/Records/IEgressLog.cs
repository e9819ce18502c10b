namespace Sandbox.Egress.Records;

/// <summary>The record of what sandboxes connected to, and of what they wanted to.</summary>
public interface IEgressLog
{
    /// <summary>
    /// Records what was decided about a connection. Nothing is sent anywhere before this completes; where it fails, nothing is
    /// sent at all.
    /// </summary>
    Task Decided(EgressDecision decision);

    /// <summary>Records how a connection that was opened has ended.</summary>
    Task Ended(EgressEnd end);
}
