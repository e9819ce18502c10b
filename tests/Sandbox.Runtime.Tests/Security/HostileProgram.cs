using Sandbox.Protocol;

namespace Sandbox.Runtime.Tests.Security;

/// <summary>
/// A program that tries what it must not be able to do. Python programs start with <see cref="Prelude"/>: each attempt says
/// <c>held</c> and how it was refused, or <c>BREACH</c>; no program may ever say the latter.
/// </summary>
/// <param name="Name">Name of the case.</param>
/// <param name="Code">Its text.</param>
internal sealed record HostileProgram(string Name, string Code)
{
    /// <summary>What every Python program can use.</summary>
    public const string Prelude = """
        import ctypes, errno, os, resource, signal, socket, stat, struct, subprocess, sys, threading, time
        isolation, host_abstract, host_port, host_file = sys.argv[1:5]
        libc = ctypes.CDLL(None, use_errno=True)
        ARM = os.uname().machine == 'aarch64'
        def call(x86, arm, *arguments):
            result = libc.syscall(ctypes.c_long(arm if ARM else x86), *arguments)
            if result == -1: raise OSError(ctypes.get_errno(), 'refused')
            return result
        def say(*words): print(*words, flush=True)
        def attempt(what, action, harmless=()):
            try: result = action()
            except (OSError, ValueError) as e: say('held', what, errno.errorcode.get(getattr(e, 'errno', None), e))
            else: say('held' if result in harmless else 'BREACH', what, repr(result)[:200])
        def read(path):
            with open(path, 'rb') as f: return f.read(4096)
        def write(path, text):
            with open(path, 'w') as f: f.write(text)
        def fork(action):
            pid = os.fork()
            if pid == 0:
                try: action()
                finally: os._exit(0)
            return pid

        """;

    /// <summary>Language of the kernel that runs it, as a job's code is run.</summary>
    public string Language { get; init; } = "python";

    public SandboxLimits Limits { get; init; } = new(1, 192 << 20, 32 << 20, 64);

    public ExecLimits Bounds { get; init; } = new(60, 1 << 20);

    /// <summary>Bytes of input that it is given.</summary>
    public int InputBytes { get; init; }

    /// <summary>How it must end.</summary>
    public Ending Ending { get; init; } = Ending.Normal;

    /// <summary>How it may end under gVisor besides, for that reason.</summary>
    public (Ending Ending, string Reason)? AlsoOnGvisor { get; init; }

    /// <summary>Words that standard output must hold.</summary>
    public IReadOnlyList<string> Says { get; init; } = [];

    /// <summary>Files that are there to be collected afterwards, exactly; null not to look.</summary>
    public IReadOnlyList<string>? Artifacts { get; init; }

    /// <summary>Paths that must not be readable as artifacts, with the refusal's code.</summary>
    public IReadOnlyDictionary<string, string> Refused { get; init; } = new Dictionary<string, string>();

    /// <summary>What the program is given as code.</summary>
    public string Text => Language == "python" ? Prelude + Code : Code;

    public override string ToString() => Name;
}

/// <summary>How a hostile program ended.</summary>
internal sealed record Ending
{
    public static readonly Ending Normal = new() { ExitCode = 0 };

    public static readonly Ending TimedOut = new() { Signal = 9, By = ExecEnd.Timeout };

    public static readonly Ending TooMuchOutput = new() { Signal = 9, By = ExecEnd.OutputLimit };

    /// <summary>Killed for its memory, and the sandbox lives on.</summary>
    public static readonly Ending OutOfMemory = new() { Signal = 9, OomKilled = true };

    /// <summary>The whole sandbox is gone.</summary>
    public static readonly Ending SandboxGone = new() { Lost = true, OomKilled = true };

    public int? ExitCode { get; init; }

    public int? Signal { get; init; }

    public ExecEnd By { get; init; } = ExecEnd.Program;

    public bool OomKilled { get; init; }

    public bool DiskFull { get; init; }

    public bool Lost { get; init; }

    /// <summary>True where an execution ended so; null is the result of one whose sandbox is gone.</summary>
    public bool Fits(ExecResult? result, SandboxUsage? usage)
    {
        if (Lost != result is null || (OomKilled && usage is not { OomKills: > 0 }))
            return false;
        return result is null
            || (By == result.EndedBy && DiskFull == result.DiskFull
                && (ExitCode is null || ExitCode == result.ExitCode) && (Signal is null || Signal == result.Signal));
    }
}
