namespace Sandbox.Api.E2b.Envd;

/// <summary>What to run.</summary>
internal sealed record ProcessConfig
{
    public string? Cmd { get; init; }

    public IReadOnlyList<string>? Args { get; init; }

    public Dictionary<string, string>? Envs { get; init; }

    public string? Cwd { get; init; }
}

/// <summary>The request for a process.</summary>
internal sealed record StartProcess
{
    public ProcessConfig? Process { get; init; }

    public Pty? Pty { get; init; }

    public string? Tag { get; init; }

    public bool? Stdin { get; init; }
}

/// <summary>A terminal.</summary>
internal sealed record Pty(PtySize? Size);

/// <summary>Its size.</summary>
internal sealed record PtySize(int Cols, int Rows);

/// <summary>Which process is meant.</summary>
internal sealed record ProcessSelector(long? Pid, string? Tag);

/// <summary>A request that only says which process.</summary>
internal sealed record SelectedProcess(ProcessSelector? Process);

/// <summary>What is typed.</summary>
internal sealed record ProcessInput(ProcessSelector? Process, InputBytes? Input);

/// <summary>The bytes, by what reads them.</summary>
internal sealed record InputBytes(byte[]? Stdin, byte[]? Pty);

/// <summary>A signal for a process.</summary>
internal sealed record ProcessSignal(ProcessSelector? Process, string? Signal);

/// <summary>The new size of a terminal.</summary>
internal sealed record ProcessUpdate(ProcessSelector? Process, Pty? Pty);

/// <summary>A process that runs.</summary>
internal sealed record ProcessInfo(long Pid, ProcessConfig Config);

/// <summary>Those that run.</summary>
internal sealed record ProcessList(IReadOnlyList<ProcessInfo> Processes);
