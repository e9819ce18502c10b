namespace Sandbox.Protocol;

/// <summary>
/// The way to a port inside. A connection of the host that does not begin with a multiplexed stream but with a frame of JSON, this one,
/// is a tunnel: answered with a frame, an empty JSON object or an <see cref="AgentError"/>, it carries from then on the bytes of one
/// connection to the sandbox's loopback. So what callers send to a service goes beside the channel, and never before it.
/// </summary>
/// <param name="Version">The host's <see cref="AgentProtocol.Version"/>.</param>
/// <param name="Token">The sandbox's token.</param>
/// <param name="Port">
/// Port on 127.0.0.1 or, where nothing listens there, on ::1. <see cref="AgentErrors.NotFound"/> where nothing listens at all, and
/// <see cref="AgentErrors.Invalid"/> for the port of <see cref="EgressProxy"/>, which leads out again.
/// </param>
public sealed record ConnectPortRequest(int Version, string Token, int Port);

/// <summary>Bounds of tunnels.</summary>
public static class PortTunnels
{
    /// <summary>Tunnels of one sandbox at one time; the agent closes further ones without a word.</summary>
    public const int Most = 256;

    /// <summary>Longest payload of the frames with which one begins, in bytes.</summary>
    public const int MaxFrameBytes = 4096;
}
