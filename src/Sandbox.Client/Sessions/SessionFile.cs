using System.Text.Json.Serialization;

namespace Sandbox.Client;

/// <summary>A file, folder or link of a session.</summary>
public sealed record SessionFile
{
    /// <summary>Path as it was asked for, or relative to the folder that was listed. What is no valid UTF-8 in it is U+FFFD.</summary>
    public string Path { get => field ?? string.Empty; init; }

    /// <summary>What it is: file, directory, link or other.</summary>
    public string Kind { get => field ?? string.Empty; init; }

    /// <summary>Size of a file.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Permission bits in octal, such as 644.</summary>
    public string Mode { get => field ?? string.Empty; init; }

    /// <summary>When its content was modified; programs inside can set it.</summary>
    public DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Where a link leads to, as it is written.</summary>
    public string? LinkTarget { get; init; }
}

/// <summary>A file that was written.</summary>
public sealed record WrittenFile
{
    /// <summary>Absolute path inside the sandbox.</summary>
    public string Path { get => field ?? string.Empty; init; }

    /// <summary>Its size.</summary>
    public long SizeBytes { get; init; }

    /// <summary>SHA-256 of its content, lower-case hexadecimal; also its ETag.</summary>
    public string Sha256 { get => field ?? string.Empty; init; }
}

/// <summary>A change in a folder that is watched.</summary>
public sealed record FileChange
{
    /// <summary>What happened to it, such as created, modified, moved or removed.</summary>
    [JsonIgnore]
    public string Kind { get => field ?? string.Empty; init; }

    /// <summary>Path relative to the folder.</summary>
    public string Path { get => field ?? string.Empty; init; }

    /// <summary>Of a move: the path before.</summary>
    public string? From { get; init; }
}
