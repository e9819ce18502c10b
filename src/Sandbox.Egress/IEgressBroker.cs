using Sandbox.Egress.Rules;
using Sandbox.Runtime.Channel;

namespace Sandbox.Egress;

/// <summary>
/// The way out of the sandboxes of a node. Programs inside speak to an HTTP proxy on their loopback; the agent carries the bytes
/// here, and here it is decided what is connected to.
/// </summary>
public interface IEgressBroker
{
    /// <summary>What a new sandbox may use, to be disposed when the sandbox is no more.</summary>
    EgressBudget NewBudget();

    /// <summary>Opens the way out on a connection to a sandbox's agent, for as long as the connection lives. Programs find it when this completes.</summary>
    /// <param name="agent">The connection.</param>
    /// <param name="grant">What it leads to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AgentRequestException">A program inside has taken the port.</exception>
    /// <exception cref="AgentConnectionException">The connection is gone.</exception>
    Task<IEgressAccess> Open(IAgentEgress agent, EgressGrant grant, CancellationToken cancellationToken);
}

/// <summary>The way out of one sandbox. Disposing closes it and cuts what is open.</summary>
public interface IEgressAccess : IAsyncDisposable
{
    /// <summary>Other rules hold from now on; connections that they do not allow are cut.</summary>
    void Change(EgressRules rules);
}
