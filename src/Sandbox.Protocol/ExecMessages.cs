using System.Text.Json.Serialization;

namespace Sandbox.Protocol;

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
