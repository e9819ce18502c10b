namespace Sandbox.Client;

/// <summary>A text message of a terminal, either way; bytes go beside it.</summary>
internal sealed record TerminalMessage
{
    public string? Type { get; init; }

    public string? Terminal { get; init; }

    public long? Command { get; init; }

    public long? Offset { get; init; }

    public int? Columns { get; init; }

    public int? Rows { get; init; }

    public int? ExitCode { get; init; }

    public string? Signal { get; init; }

    public string? Cause { get; init; }
}
