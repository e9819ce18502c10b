namespace Sandbox.Egress.Records;

/// <summary>Why a connection that was open is none any more; a check that it did not pass is named by its reason.</summary>
internal static class EgressOutcomes
{
    public const string Closed = "closed";

    public const string PolicyChanged = "policy_changed";

    public const string ByteLimit = "byte_limit";

    public const string Idle = "idle";

    public const string WorkEnded = "ended";
}
