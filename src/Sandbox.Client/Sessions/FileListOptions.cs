namespace Sandbox.Client;

/// <summary>Which files of a session.</summary>
public sealed record FileListOptions : ListOptions
{
    /// <summary>The folder, or a file alone; the workspace where left out.</summary>
    public string? Path { get; init; }

    /// <summary>Whether everything below as well.</summary>
    public bool Recursive { get; init; }

    internal override QueryText Query() => new QueryText().Add("path", Path).Add("recursive", Recursive).Add("limit", PageSize).Add("cursor", Cursor);
}

/// <summary>A part of a folder.</summary>
public sealed record SessionFilePage
{
    /// <summary>The entries.</summary>
    public IReadOnlyList<SessionFile> Items { get => field ?? []; init; }

    /// <summary>Whether something below is not listed because it is too deep, not readable, or the kernel's.</summary>
    public bool Incomplete { get; init; }

    /// <summary>Where the next page begins; null on the last one.</summary>
    public string? NextCursor { get; init; }
}
