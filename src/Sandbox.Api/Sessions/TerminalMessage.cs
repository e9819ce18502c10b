namespace Sandbox.Api.Sessions;

/// <summary>A text message of a terminal's WebSocket, either way; bytes go as binary messages.</summary>
public sealed record TerminalMessage
{
    /// <summary>The first message of the server.</summary>
    public const string Ready = "ready";

    /// <summary>Output was missed.</summary>
    public const string Dropped = "dropped";

    /// <summary>The last message of the server.</summary>
    public const string Exit = "exit";

    /// <summary>The client's terminal has another size.</summary>
    public const string Resize = "resize";

    /// <summary>What it says: resize to the server; ready, dropped and exit from it.</summary>
    public required string Type { get; init; }

    /// <summary>Of ready: name of the terminal.</summary>
    public string? Terminal { get; init; }

    /// <summary>Of ready: number of the command.</summary>
    public long? Command { get; init; }

    /// <summary>Of ready and dropped: offset in the output of the next byte.</summary>
    public long? Offset { get; init; }

    /// <summary>Of resize: width.</summary>
    public int? Columns { get; init; }

    /// <summary>Of resize: height.</summary>
    public int? Rows { get; init; }

    /// <summary>Of exit: the shell's exit code.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Of exit: the signal that ended it.</summary>
    public string? Signal { get; init; }

    /// <summary>Of exit: why it ended, where not by itself.</summary>
    public string? Cause { get; init; }
}
