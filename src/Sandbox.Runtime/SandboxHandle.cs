using Sandbox.Runtime.Channel;

namespace Sandbox.Runtime;

/// <summary>
/// A live sandbox that this process is connected to. Disposing closes the connection and leaves the sandbox running.
/// </summary>
public sealed class SandboxHandle(SandboxId id, SandboxSpec spec, IAgentClient agent, Action<SandboxLimits> applyLimits) : IAsyncDisposable
{
    /// <summary>Identity and epoch.</summary>
    public SandboxId Id { get; } = id;

    /// <summary>What it is, its present limits included.</summary>
    public SandboxSpec Spec { get; private set; } = spec;

    /// <summary>The channel to its agent.</summary>
    public IAgentClient Agent { get; } = agent;

    /// <summary>Changes memory, processor and process limits of the running sandbox. The disk limit cannot change.</summary>
    public void SetLimits(SandboxLimits limits)
    {
        if (limits.DiskBytes != Spec.Limits.DiskBytes)
            throw new ArgumentException("The disk limit of a running sandbox cannot change.", nameof(limits));
        if (limits == Spec.Limits)
            return;
        applyLimits(limits);
        Spec = Spec with { Limits = limits };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Agent.DisposeAsync();
}
