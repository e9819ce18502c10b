namespace Sandbox.Protocol;

/// <summary>Header of <see cref="Verbs.Hello"/>.</summary>
/// <param name="Version">The host's <see cref="AgentProtocol.Version"/>.</param>
/// <param name="Token">The sandbox's token.</param>
public sealed record HelloRequest(int Version, string Token);

/// <summary>Answer to <see cref="HelloRequest"/>.</summary>
/// <param name="Version">The agent's <see cref="AgentProtocol.Version"/>.</param>
/// <param name="Execs">Executions that the agent knows, ended ones that are not acknowledged included.</param>
public sealed record HelloReply(int Version, IReadOnlyList<string> Execs);

/// <summary>Header of <see cref="Verbs.SetDeadline"/>; answered with an empty JSON object.</summary>
/// <param name="SecondsFromNow">Seconds, by the agent's monotonic clock, until it kills everything and exits; replaces an earlier deadline.</param>
public sealed record SetDeadlineRequest(double SecondsFromNow);

/// <summary>
/// Header of <see cref="Verbs.Quiesce"/>; answered with an empty JSON object. When the host has closed the request, the agent
/// closes every connection and its socket; the socket's file is removed last. It listens again when
/// <see cref="AgentProtocol.ResumeFile"/> is there, or after a time. What runs inside goes on all the while.
/// </summary>
/// <param name="Seconds">Seconds, by the agent's monotonic clock, until it listens again by itself.</param>
/// <param name="RefuseTcpWaits">
/// Refuse (<see cref="AgentErrors.Busy"/>) where a process waits for TCP connections by epoll: an engine that cannot save that.
/// </param>
public sealed record QuiesceRequest(double Seconds, bool RefuseTcpWaits = false);

/// <summary>An answer without content.</summary>
public sealed record Empty;
