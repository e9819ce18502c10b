using System.IO.Pipelines;
using Sandbox.Protocol;

namespace Sandbox.Runtime.Channel;

/// <summary>The connections that programs inside make to the proxy on their loopback, the only way out that they have.</summary>
public interface IAgentEgress
{
    /// <summary>Lets programs inside connect to 127.0.0.1 on a port; no harm where they can already.</summary>
    /// <exception cref="AgentRequestException">A program has taken the port (<see cref="AgentErrors.Busy"/>).</exception>
    Task ListenEgress(int port, CancellationToken cancellationToken);

    /// <summary>
    /// The next connection that a program makes there; waits for it. Connections that are waited for and open count together
    /// against <see cref="EgressProxy.MostConnections"/>.
    /// </summary>
    Task<IAgentTunnel> AcceptEgress(CancellationToken cancellationToken);
}

/// <summary>
/// A connection that a program inside has made: its bytes, in both directions, at the pace of whoever reads them. Completing
/// the output is the end of what the program receives. Disposing cuts the connection.
/// </summary>
public interface IAgentTunnel : IDuplexPipe, IDisposable
{
    /// <summary>Completes when both sides have ended theirs and all has been sent, or the connection was cut. Disposing before may cut off what is on its way.</summary>
    Task Over { get; }
}
