using System.Text.Json.Serialization;

namespace Sandbox.Api.E2b.Envd;

/// <summary>A request that names a path.</summary>
internal sealed record PathRequest(string? Path);

/// <summary>What to move where.</summary>
internal sealed record MoveRequest(string? Source, string? Destination);

/// <summary>What to list, and how deep.</summary>
internal sealed record ListRequest(string? Path, int Depth);

/// <summary>What to watch.</summary>
internal sealed record WatchRequest(string? Path, bool Recursive, bool IncludeEntry);

/// <summary>A file, folder or link.</summary>
internal sealed record Entry
{
    public required string Name { get; init; }

    public required string Type { get; init; }

    public required string Path { get; init; }

    // As the protocol writes whole numbers of 64 bits.
    [JsonNumberHandling(JsonNumberHandling.WriteAsString)]
    public required long Size { get; init; }

    public required int Mode { get; init; }

    public required string Permissions { get; init; }

    public required string Owner { get; init; }

    public required string Group { get; init; }

    public required DateTime ModifiedTime { get; init; }

    public string? SymlinkTarget { get; init; }
}

/// <summary>An answer of one entry.</summary>
internal sealed record EntryAnswer(Entry Entry);

/// <summary>An answer of several.</summary>
internal sealed record EntryList(IReadOnlyList<Entry> Entries);

/// <summary>A frame of a watch: one of these.</summary>
internal sealed record WatchFrame(WatchNothing? Start = null, WatchEvent? Filesystem = null, WatchNothing? Keepalive = null);

/// <summary>Says only that it is there.</summary>
internal sealed record WatchNothing;

/// <summary>Something that happened to a file.</summary>
internal sealed record WatchEvent(string Name, string Type, Entry? Entry = null);

/// <summary>A file that was written.</summary>
internal sealed record WrittenEntry(string Path, string Name, string Type);
