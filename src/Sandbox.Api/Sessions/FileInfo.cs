using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>A file, folder or link of a session.</summary>
public sealed record FileInfo
{
    /// <summary>Path as it was asked for, or relative to the folder that was listed. What is no valid UTF-8 in it is U+FFFD.</summary>
    public required string Path { get; init; }

    /// <summary>What it is: file, directory, link or other.</summary>
    public required string Kind { get; init; }

    /// <summary>Size of a file.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Permission bits in octal, such as 644.</summary>
    public required string Mode { get; init; }

    /// <summary>When its content was modified; programs inside can set it.</summary>
    public required DateTime ModifiedAt { get; init; }

    /// <summary>Where a link leads to, as it is written.</summary>
    public string? LinkTarget { get; init; }

    internal static FileInfo From(SessionFile file) => new()
    {
        Path = file.Path,
        Kind = file.Kind,
        SizeBytes = file.SizeBytes,
        Mode = Convert.ToString(file.Mode, 8),
        ModifiedAt = file.ModifiedAt.UtcDateTime,
        LinkTarget = file.LinkTarget,
    };
}

/// <summary>A page of a folder, in the order of the paths' bytes.</summary>
public sealed record FileList
{
    /// <summary>The entries.</summary>
    public required IReadOnlyList<FileInfo> Items { get; init; }

    /// <summary>Whether something below is not listed because it is too deep, not readable, or the kernel's.</summary>
    public required bool Incomplete { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>A file that was written.</summary>
public sealed record WrittenFileInfo
{
    /// <summary>Absolute path inside the sandbox.</summary>
    public required string Path { get; init; }

    /// <summary>Its size.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>SHA-256 of its content, lower-case hexadecimal; also its ETag.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>A file or folder to move or rename.</summary>
public sealed record MoveFileRequest
{
    /// <summary>Where it is.</summary>
    public string? From { get; init; }

    /// <summary>Where it shall be; the folder around it has to exist.</summary>
    public string? To { get; init; }

    /// <summary>Whether a file that is there already is replaced. Default false.</summary>
    public bool? Overwrite { get; init; }
}

/// <summary>A folder to make, with the missing ones around it.</summary>
public sealed record MakeFolderRequest
{
    /// <summary>Where.</summary>
    public string? Path { get; init; }
}

/// <summary>A change in a folder that is watched.</summary>
public sealed record FileChangeInfo
{
    /// <summary>Path relative to the folder.</summary>
    public required string Path { get; init; }

    /// <summary>Of a move: the path before.</summary>
    public string? From { get; init; }
}
