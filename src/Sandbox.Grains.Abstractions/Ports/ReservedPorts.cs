namespace Sandbox.Grains.Abstractions.Ports;

/// <summary>Ports inside of a sandbox that callers do not reach.</summary>
public static class ReservedPorts
{
    /// <summary>The way out of the sandbox: whoever reached it from outside would come out again as the sandbox.</summary>
    public const int Egress = 3128;
}
