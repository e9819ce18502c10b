namespace Sandbox.Protocol.Framing;

/// <summary>One frame of a channel.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Payload">Its bytes; owned by the receiver of the frame.</param>
public readonly record struct Frame(FrameType Type, byte[] Payload);

/// <summary>The other side broke the protocol: nothing more that it says can be understood or trusted.</summary>
public sealed class ProtocolViolationException(string message) : Exception(message);
