namespace Sandbox.Protocol;

/// <summary>
/// Constants of the channel between a node and the agent inside a sandbox.
/// One Unix-socket (or TCP) connection carries many channels of a multiplexed stream with flow control per channel;
/// each channel is one request: the host offers it under the name of a verb, sends one header frame, and then both
/// sides exchange the frames that the verb names. Closing a channel abandons the request, not what it started.
/// </summary>
public static class AgentProtocol
{
    /// <summary>Version of the protocol; a peer with another one is refused.</summary>
    public const int Version = 3;

    /// <summary>Longest payload of one frame, in bytes. A longer one ends the connection.</summary>
    public const int MaxFrameBytes = 1 << 20;

    /// <summary>Bytes of one channel that may be on their way unread: with few of them, large files would wait at every turn.</summary>
    public const int WindowBytes = 512 * 1024;

    /// <summary>
    /// Name of the file, beside the socket, by which a host tells a quiet agent to listen again. Its content is the token from then on.
    /// </summary>
    public const string ResumeFile = "resume";
}

/// <summary>Kinds of frame on a channel.</summary>
public enum FrameType : byte
{
    /// <summary>UTF-8 JSON: the request's header, or its answer.</summary>
    Json = 1,

    /// <summary>Bytes of a body.</summary>
    Data = 2,

    /// <summary>End of a body.</summary>
    End = 3,

    /// <summary>Output of an execution: 8 bytes sequence (big endian), 1 byte <see cref="OutputStream"/>, the bytes.</summary>
    Output = 4,

    /// <summary>Everything up to a sequence (8 bytes, big endian) is safe with the reader and may be forgotten.</summary>
    Ack = 5,

    /// <summary>UTF-8 JSON <see cref="AgentError"/>: the request failed; nothing follows.</summary>
    Error = 6,

    /// <summary>UTF-8 JSON <see cref="ExecResult"/>: the execution ended; no output follows.</summary>
    Exit = 7,
}

/// <summary>Which stream a piece of output belongs to.</summary>
public enum OutputStream : byte
{
    /// <summary>Standard output.</summary>
    Stdout = 1,

    /// <summary>Standard error.</summary>
    Stderr = 2,

    /// <summary>JSON value of the last expression, at most <see cref="ExecLimits.MaxResultBytes"/> long.</summary>
    Result = 3,

    /// <summary>
    /// What a step shows beside its text: UTF-8 lines of JSON, one object a line, which may be split over several pieces:
    /// <c>{"type":"display"|"result","data":{MIME type: content}}</c> or
    /// <c>{"type":"error","name":…,"value":…,"traceback":[line]}</c>. Binary content is base64.
    /// </summary>
    Rich = 4,
}
