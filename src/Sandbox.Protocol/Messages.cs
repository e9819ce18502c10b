using System.Text.Json.Serialization;

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
    public const int Version = 1;

    /// <summary>Longest payload of one frame, in bytes. A longer one ends the connection.</summary>
    public const int MaxFrameBytes = 1 << 20;
}

/// <summary>Names of the requests.</summary>
public static class Verbs
{
    /// <summary>First request of a connection; the agent refuses every other one before it.</summary>
    public const string Hello = "hello";

    /// <summary>Starts a language kernel that waits for code.</summary>
    public const string StartKernel = "kernel.start";

    /// <summary>Starts an execution, or attaches to one that was started before.</summary>
    public const string Exec = "exec";

    /// <summary>Sends a signal to an execution's processes.</summary>
    public const string Signal = "exec.signal";

    /// <summary>Writes a file.</summary>
    public const string WriteFile = "file.write";

    /// <summary>Reads a file.</summary>
    public const string ReadFile = "file.read";

    /// <summary>Finds files by glob.</summary>
    public const string FindFiles = "file.find";

    /// <summary>Sets the time at which the agent ends the sandbox by itself.</summary>
    public const string SetDeadline = "deadline";
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
}

/// <summary>Header of <see cref="Verbs.Hello"/>.</summary>
/// <param name="Version">The host's <see cref="AgentProtocol.Version"/>.</param>
/// <param name="Token">The sandbox's token.</param>
public sealed record HelloRequest(int Version, string Token);

/// <summary>Answer to <see cref="HelloRequest"/>.</summary>
/// <param name="Version">The agent's <see cref="AgentProtocol.Version"/>.</param>
/// <param name="Execs">Executions that the agent knows, ended ones that are not acknowledged included.</param>
public sealed record HelloReply(int Version, IReadOnlyList<string> Execs);

/// <summary>
/// Header of <see cref="Verbs.StartKernel"/>. The kernel is a process that speaks the kernel protocol on descriptor 3
/// (see the agent's Kernels folder); answered with an empty JSON object when it is ready for code.
/// </summary>
/// <param name="Id">Name of the kernel within the sandbox.</param>
/// <param name="Argv">Program and arguments.</param>
/// <param name="Env">Its whole environment.</param>
/// <param name="Cwd">Its working directory.</param>
public sealed record StartKernelRequest(string Id, IReadOnlyList<string> Argv, IReadOnlyDictionary<string, string> Env, string Cwd);

/// <summary>
/// Header of <see cref="Verbs.Exec"/>. With <paramref name="Start"/> and an id that the agent does not know, it starts;
/// with an id that it knows, it attaches, whatever <paramref name="Start"/> says: a start may be repeated safely.
/// The agent answers with one JSON <see cref="ExecAccepted"/>, then <see cref="FrameType.Output"/> frames with a
/// sequence above <paramref name="After"/>, then <see cref="FrameType.Exit"/>. The host sends <see cref="FrameType.Ack"/>.
/// Where <paramref name="Start"/> is given, the host sends its code (Data… End) and then its input (Data… End) at once.
/// </summary>
/// <param name="Id">Id of the execution, chosen by the host.</param>
/// <param name="After">Last sequence that the host already has; 0 for all.</param>
/// <param name="Start">How to start it; null to attach only.</param>
public sealed record ExecRequest(string Id, long After, ExecStart? Start);

/// <summary>How to start an execution.</summary>
/// <param name="Kernel">A waiting kernel that gets the code; it is used up by it. Null to run <paramref name="Argv"/>.</param>
/// <param name="Argv">Program and arguments, looked up in the PATH of <paramref name="Env"/>; for a kernel, the code's arguments.</param>
/// <param name="Env">The whole environment for a program; for a kernel, variables to add.</param>
/// <param name="Cwd">Working directory.</param>
/// <param name="Limits">Bounds that the agent enforces.</param>
/// <param name="KillAllOnExit">
/// When the main process has ended, every other process of the sandbox except waiting kernels is killed, so that output ends too.
/// </param>
/// <param name="DeadlineSeconds">Seconds from the start until the agent ends the sandbox, as <see cref="Verbs.SetDeadline"/> sets it; null to leave it.</param>
public sealed record ExecStart(
    string? Kernel,
    IReadOnlyList<string> Argv,
    IReadOnlyDictionary<string, string> Env,
    string Cwd,
    ExecLimits Limits,
    bool KillAllOnExit,
    double? DeadlineSeconds = null);

/// <summary>Bounds of an execution.</summary>
/// <param name="WallSeconds">Seconds until all of its processes are killed.</param>
/// <param name="OutputBytes">Bytes of stdout and stderr together, until all of its processes are killed.</param>
public sealed record ExecLimits(double WallSeconds, long OutputBytes)
{
    /// <summary>Longest result value; a longer one is dropped.</summary>
    public const int MaxResultBytes = 256 * 1024;
}

/// <summary>First answer to an <see cref="ExecRequest"/>.</summary>
/// <param name="Started">True when this request started it; false when it was attached to.</param>
public sealed record ExecAccepted(bool Started);

/// <summary>How an execution ended.</summary>
/// <param name="ExitCode">Exit code, where the main process exited.</param>
/// <param name="Signal">Signal number, where a signal ended it.</param>
/// <param name="EndedBy">What the agent did to end it.</param>
/// <param name="StdoutBytes">Bytes of standard output seen, kept or not.</param>
/// <param name="StderrBytes">Bytes of standard error seen, kept or not.</param>
/// <param name="StdoutTruncated">True when standard output was cut.</param>
/// <param name="StderrTruncated">True when standard error was cut.</param>
/// <param name="DiskFull">True when the workspace or <c>/tmp</c> had no space or inode left at the end.</param>
/// <param name="StartError">Why the program could not be started; then nothing ran.</param>
public sealed record ExecResult(
    int? ExitCode,
    int? Signal,
    ExecEnd EndedBy,
    long StdoutBytes,
    long StderrBytes,
    bool StdoutTruncated,
    bool StderrTruncated,
    bool DiskFull,
    string? StartError);

/// <summary>What ended an execution.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExecEnd>))]
public enum ExecEnd
{
    /// <summary>The program itself, or a signal from outside of the agent.</summary>
    Program,

    /// <summary>The wall-clock limit.</summary>
    Timeout,

    /// <summary>The output limit.</summary>
    OutputLimit,

    /// <summary>A <see cref="SignalRequest"/> of SIGKILL.</summary>
    Killed,
}

/// <summary>Header of <see cref="Verbs.Signal"/>; answered with an empty JSON object, also when the execution has ended.</summary>
/// <param name="Id">The execution.</param>
/// <param name="Signal">Signal number. 9 kills the whole tree.</param>
public sealed record SignalRequest(string Id, int Signal);

/// <summary>
/// Header of <see cref="Verbs.WriteFile"/>, followed by Data… End. Answered with <see cref="FileWritten"/>. Missing folders are
/// made. The file appears complete or not at all (written beside its place and renamed).
/// </summary>
/// <param name="Path">Absolute path inside the sandbox.</param>
/// <param name="Mode">Permission bits.</param>
public sealed record WriteFileRequest(string Path, int Mode);

/// <summary>Answer to <see cref="WriteFileRequest"/>.</summary>
/// <param name="SizeBytes">Bytes written.</param>
public sealed record FileWritten(long SizeBytes);

/// <summary>
/// Header of <see cref="Verbs.ReadFile"/>. Answered with <see cref="FoundFile"/> and then Data… End: at most
/// <paramref name="MaxBytes"/> bytes. Only regular files are read; no symbolic link is followed in any component.
/// </summary>
/// <param name="Root">Folder that the path is below.</param>
/// <param name="Path">Path relative to the root.</param>
/// <param name="MaxBytes">Refuse (<see cref="AgentErrors.TooLarge"/>) a file that is longer.</param>
public sealed record ReadFileRequest(string Root, string Path, long MaxBytes);

/// <summary>Header of <see cref="Verbs.FindFiles"/>. Answered with <see cref="FindFilesReply"/>. Symbolic links are neither followed nor returned.</summary>
/// <param name="Root">Folder to search.</param>
/// <param name="Globs">Patterns relative to the root: <c>*</c>, <c>?</c>, <c>**</c>.</param>
/// <param name="MaxFiles">Most files to return.</param>
public sealed record FindFilesRequest(string Root, IReadOnlyList<string> Globs, int MaxFiles);

/// <summary>Answer to <see cref="FindFilesRequest"/>.</summary>
/// <param name="Files">Regular files that match, in order of path.</param>
/// <param name="Skipped">Paths that match and are no regular files, with the reason; at most 100.</param>
/// <param name="Truncated">True when there were more than the bound.</param>
public sealed record FindFilesReply(IReadOnlyList<FoundFile> Files, IReadOnlyList<SkippedFile> Skipped, bool Truncated);

/// <summary>A file found.</summary>
/// <param name="Path">Path relative to the root.</param>
/// <param name="SizeBytes">Its size now. The program may still change it: only a bound.</param>
public sealed record FoundFile(string Path, long SizeBytes);

/// <summary>A path that is not returned.</summary>
/// <param name="Path">Path relative to the root.</param>
/// <param name="Reason">Why.</param>
public sealed record SkippedFile(string Path, string Reason);

/// <summary>Header of <see cref="Verbs.SetDeadline"/>; answered with an empty JSON object.</summary>
/// <param name="SecondsFromNow">Seconds, by the agent's monotonic clock, until it kills everything and exits; replaces an earlier deadline.</param>
public sealed record SetDeadlineRequest(double SecondsFromNow);

/// <summary>An answer without content.</summary>
public sealed record Empty;

/// <summary>Why the agent refused a request.</summary>
/// <param name="Code">One of <see cref="AgentErrors"/>.</param>
/// <param name="Message">Text for a log; may hold words that code inside the sandbox chose.</param>
public sealed record AgentError(string Code, string Message);

/// <summary>Codes of <see cref="AgentError"/>.</summary>
public static class AgentErrors
{
    /// <summary>Wrong token, wrong version, or no hello.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>No such execution, kernel or file.</summary>
    public const string NotFound = "not_found";

    /// <summary>The request makes no sense.</summary>
    public const string Invalid = "invalid";

    /// <summary>Larger than the bound.</summary>
    public const string TooLarge = "too_large";

    /// <summary>Not a regular file, or behind a link.</summary>
    public const string NotRegular = "not_regular";

    /// <summary>The workspace is full.</summary>
    public const string NoSpace = "no_space";

    /// <summary>Any other failure of the operating system.</summary>
    public const string Io = "io";
}

/// <summary>Source-generated JSON of every message: the agent is compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HelloRequest))]
[JsonSerializable(typeof(HelloReply))]
[JsonSerializable(typeof(StartKernelRequest))]
[JsonSerializable(typeof(ExecRequest))]
[JsonSerializable(typeof(ExecAccepted))]
[JsonSerializable(typeof(ExecResult))]
[JsonSerializable(typeof(SignalRequest))]
[JsonSerializable(typeof(WriteFileRequest))]
[JsonSerializable(typeof(FileWritten))]
[JsonSerializable(typeof(ReadFileRequest))]
[JsonSerializable(typeof(FoundFile))]
[JsonSerializable(typeof(FindFilesRequest))]
[JsonSerializable(typeof(FindFilesReply))]
[JsonSerializable(typeof(SetDeadlineRequest))]
[JsonSerializable(typeof(Empty))]
[JsonSerializable(typeof(AgentError))]
public sealed partial class ProtocolJson : JsonSerializerContext;
