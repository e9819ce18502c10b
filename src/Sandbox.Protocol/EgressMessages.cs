namespace Sandbox.Protocol;

/// <summary>
/// The way out of a sandbox: an HTTP proxy on its loopback. The agent only carries bytes between the programs and the host,
/// which is the proxy and decides what is reached.
/// </summary>
public static class EgressProxy
{
    /// <summary>The port on 127.0.0.1 inside.</summary>
    public const int Port = 3128;

    /// <summary>Connections of one sandbox at one time; further ones wait.</summary>
    public const int MostConnections = 64;
}

/// <summary>
/// Header of <see cref="Verbs.ListenEgress"/>; answered with an empty JSON object, also when it listens already. Refused with
/// <see cref="AgentErrors.Busy"/> where a program inside has taken the port.
/// </summary>
/// <param name="Port">Port on 127.0.0.1 inside.</param>
public sealed record ListenEgressRequest(int Port);
