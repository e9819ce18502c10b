namespace Sandbox.Client;

/// <summary>A command to run in the background: either an argument vector, or a line for a shell.</summary>
public sealed record CommandRequest
{
    /// <summary>Argument vector; the first item is the program. Either this or shell.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Text that bash runs (bash -c). Either this or command.</summary>
    public string? Shell { get; init; }

    /// <summary>Environment variables of this command alone.</summary>
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Working directory, relative to /workspace or absolute inside the sandbox. Default /workspace.</summary>
    public string? Cwd { get; init; }

    /// <summary>What standard input begins with; empty where left out.</summary>
    public string? Stdin { get; init; }

    /// <summary>Whether standard input stays open for more; otherwise it ends after stdin. Default false.</summary>
    public bool? KeepStdinOpen { get; init; }

    /// <summary>Seconds that it may run; left out: as long as the session lives.</summary>
    public double? TimeoutSeconds { get; init; }
}
