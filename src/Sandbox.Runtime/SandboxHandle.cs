using Sandbox.Runtime.Channel;

namespace Sandbox.Runtime;

/// <summary>
/// A live sandbox that this process is connected to. Disposing closes the connection and leaves the sandbox running.
/// </summary>
public sealed class SandboxHandle(SandboxId id, SandboxSpec spec, IAgentClient agent, ISandboxPorts ports, Action<SandboxLimits> applyLimits) : IAsyncDisposable
{
    /// <summary>Identity and epoch.</summary>
    public SandboxId Id { get; } = id;

    /// <summary>What it is, its present limits included.</summary>
    public SandboxSpec Spec { get; private set; } = spec;

    /// <summary>The channel to its agent.</summary>
    public IAgentClient Agent { get; } = agent;

    /// <summary>The ports of its loopback; each connection to one is a connection to its agent of its own.</summary>
    public ISandboxPorts Ports { get; } = ports;

    /// <summary>
    /// Changes memory and processor limits of the running sandbox. The disk and process limits cannot change: they are
    /// properties of mounts and processes that exist already.
    /// </summary>
    public void SetLimits(SandboxLimits limits)
    {
        if (!Fits(limits))
            throw new ArgumentException("The disk and process limits of a running sandbox cannot change.", nameof(limits));
        if (limits == Spec.Limits)
            return;
        applyLimits(limits);
        Spec = Spec with { Limits = limits };
    }

    /// <summary>Whether the sandbox can be given these limits.</summary>
    public bool Fits(SandboxLimits limits) =>
        limits.DiskBytes == Spec.Limits.DiskBytes && limits.Processes == Spec.Limits.Processes;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Agent.DisposeAsync();
}
