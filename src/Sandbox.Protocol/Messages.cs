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

    /// <summary>Gives bytes to the standard input of an execution that keeps it open.</summary>
    public const string Input = "exec.input";

    /// <summary>Changes the size of an execution's terminal.</summary>
    public const string Resize = "exec.resize";

    /// <summary>Writes a file.</summary>
    public const string WriteFile = "file.write";

    /// <summary>Reads a file.</summary>
    public const string ReadFile = "file.read";

    /// <summary>Finds files by glob.</summary>
    public const string FindFiles = "file.find";

    /// <summary>Describes one file, folder or link.</summary>
    public const string Stat = "file.stat";

    /// <summary>Lists a folder, page by page.</summary>
    public const string List = "file.list";

    /// <summary>Moves or renames a file or folder.</summary>
    public const string Move = "file.move";

    /// <summary>Makes a folder.</summary>
    public const string MakeFolder = "file.mkdir";

    /// <summary>Removes a file or folder.</summary>
    public const string Remove = "file.remove";

    /// <summary>Tells changes in a folder.</summary>
    public const string Watch = "file.watch";

    /// <summary>Sends everything below a folder.</summary>
    public const string ExportTree = "tree.export";

    /// <summary>Unpacks what was sent so.</summary>
    public const string ImportTree = "tree.import";

    /// <summary>Sets the time at which the agent ends the sandbox by itself.</summary>
    public const string SetDeadline = "deadline";

    /// <summary>Closes the channel for a while, so that the sandbox can be saved with its memory.</summary>
    public const string Quiesce = "quiesce";
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
public sealed record ExecRequest(string Id, long After, ExecStart? Start)
{
    /// <summary>
    /// Not sent: the host keeps the end of the output only, and so takes any amount of it. Otherwise an agent that sends more
    /// than the limits allow breaks the protocol.
    /// </summary>
    [JsonIgnore]
    public bool Endless { get; init; }
}

/// <summary>How to start an execution.</summary>
/// <param name="Kernel">A waiting kernel that gets the code; it is used up by it. Null to run <paramref name="Argv"/>.</param>
/// <param name="Argv">Program and arguments, looked up in the PATH of <paramref name="Env"/>; for a kernel, the code's arguments.</param>
/// <param name="Env">The whole environment for a program; for a kernel, variables to add.</param>
/// <param name="Cwd">Working directory; of a step only where it is its kernel's first one: later ones stay where the code has gone.</param>
/// <param name="Limits">Bounds that the agent enforces.</param>
/// <param name="KillAllOnExit">
/// When the main process has ended, every other process of the sandbox except waiting kernels is killed, so that output ends too.
/// </param>
/// <param name="DeadlineSeconds">Seconds from the start until the agent ends the sandbox, as <see cref="Verbs.SetDeadline"/> sets it; null to leave it.</param>
/// <param name="Step">
/// The kernel runs the code as one step and stays, with its state, for the next one; only with <paramref name="Kernel"/>,
/// and without <paramref name="KillAllOnExit"/>. A kernel runs one step at a time: another one is refused
/// (<see cref="AgentErrors.Busy"/>). The wall-clock limit interrupts first and kills the kernel when that does not help.
/// </param>
/// <param name="KeepInput">Standard input stays open for <see cref="Verbs.Input"/> after what came with the start. Only of a program.</param>
/// <param name="Terminal">
/// The program gets a terminal of this size, which controls it, in place of the three pipes: what it writes is
/// <see cref="OutputStream.Stdout"/>, and its input stays open. Only of a program.
/// </param>
public sealed record ExecStart(
    string? Kernel,
    IReadOnlyList<string> Argv,
    IReadOnlyDictionary<string, string> Env,
    string Cwd,
    ExecLimits Limits,
    bool KillAllOnExit,
    double? DeadlineSeconds = null,
    bool Step = false,
    bool KeepInput = false,
    TerminalSize? Terminal = null);

/// <summary>Bounds of an execution.</summary>
/// <param name="WallSeconds">Seconds until all of its processes are killed; null for no bound.</param>
/// <param name="OutputBytes">Bytes of stdout, stderr and rich output together, until all of its processes are killed; null for no bound.</param>
public sealed record ExecLimits(double? WallSeconds, long? OutputBytes)
{
    /// <summary>Longest result value; a longer one is dropped.</summary>
    public const int MaxResultBytes = 256 * 1024;

    /// <summary>Longest line of <see cref="OutputStream.Rich"/>; a longer one is replaced by a note.</summary>
    public const int MaxRichBytes = 8 << 20;
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
/// <param name="KernelEnded">Of a step: its kernel is gone, and the state with it. The next step needs a new kernel.</param>
public sealed record ExecResult(
    int? ExitCode,
    int? Signal,
    ExecEnd EndedBy,
    long StdoutBytes,
    long StderrBytes,
    bool StdoutTruncated,
    bool StderrTruncated,
    bool DiskFull,
    string? StartError,
    bool KernelEnded = false);

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

    /// <summary>There is something at the place already.</summary>
    public const string Exists = "exists";

    /// <summary>The folder is not empty.</summary>
    public const string NotEmpty = "not_empty";

    /// <summary>Not a folder, or something in the middle of the path is none.</summary>
    public const string NotDirectory = "not_directory";

    /// <summary>A folder where a file was due.</summary>
    public const string IsDirectory = "is_directory";

    /// <summary>The sandbox's user has no right to do this.</summary>
    public const string Denied = "denied";

    /// <summary>The two places are on different file systems, between which nothing can be moved.</summary>
    public const string OtherFileSystem = "other_file_system";

    /// <summary>The kernel runs a step.</summary>
    public const string Busy = "busy";

    /// <summary>The execution has ended, or its standard input has, or was never kept open.</summary>
    public const string InputClosed = "input_closed";

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
[JsonSerializable(typeof(InputRequest))]
[JsonSerializable(typeof(InputTaken))]
[JsonSerializable(typeof(ResizeRequest))]
[JsonSerializable(typeof(WriteFileRequest))]
[JsonSerializable(typeof(FileWritten))]
[JsonSerializable(typeof(ReadFileRequest))]
[JsonSerializable(typeof(StatRequest))]
[JsonSerializable(typeof(FileEntry))]
[JsonSerializable(typeof(ListRequest))]
[JsonSerializable(typeof(ListReply))]
[JsonSerializable(typeof(MoveRequest))]
[JsonSerializable(typeof(MakeFolderRequest))]
[JsonSerializable(typeof(RemoveRequest))]
[JsonSerializable(typeof(WatchRequest))]
[JsonSerializable(typeof(FileEvent))]
[JsonSerializable(typeof(FindFilesRequest))]
[JsonSerializable(typeof(FindFilesReply))]
[JsonSerializable(typeof(ExportTreeRequest))]
[JsonSerializable(typeof(TreeExported))]
[JsonSerializable(typeof(ImportTreeRequest))]
[JsonSerializable(typeof(TreeImported))]
[JsonSerializable(typeof(SetDeadlineRequest))]
[JsonSerializable(typeof(QuiesceRequest))]
[JsonSerializable(typeof(Empty))]
[JsonSerializable(typeof(AgentError))]
public sealed partial class ProtocolJson : JsonSerializerContext;
