using System.Text.Json;
using Sandbox.Api.Sessions;

namespace Sandbox.Api.Mcp.Results;

/// <summary>A part of an output stream.</summary>
internal sealed record OutputPart
{
    public required string Text { get; init; }

    public required long From { get; init; }

    public required long Next { get; init; }

    public required long Total { get; init; }

    /// <summary>Whether nothing more will come.</summary>
    public required bool Ended { get; init; }

    public string? Hint { get; init; }
}

/// <summary>A part of a file.</summary>
internal sealed record FilePart
{
    public required string Path { get; init; }

    public required long SizeBytes { get; init; }

    public string? Sha256 { get; init; }

    public string? Text { get; init; }

    public string? Base64 { get; init; }

    public required long Offset { get; init; }

    public required long NextOffset { get; init; }

    public required bool Truncated { get; init; }

    public string? Hint { get; init; }
}

/// <summary>Something was done that has no answer of its own.</summary>
internal sealed record Done
{
    public required string Id { get; init; }

    public required string Outcome { get; init; }
}

/// <summary>A background command, with a part of its output.</summary>
internal sealed record CommandState
{
    public required Command Command { get; init; }

    public required string Output { get; init; }

    public required long OutputFrom { get; init; }

    public required long OutputNext { get; init; }

    public required long OutputTotal { get; init; }

    public string? Next { get; init; }
}

/// <summary>A part of a service's log.</summary>
internal sealed record LogPart
{
    public required int Attempt { get; init; }

    public required string Text { get; init; }

    public required long From { get; init; }

    public required long Next { get; init; }

    public required long Total { get; init; }
}

/// <summary>A key of a workflow's memory with its value.</summary>
internal sealed record MemoryEntry
{
    public required string Key { get; init; }

    public required long Version { get; init; }

    public required JsonElement Value { get; init; }
}
