namespace Sandbox.Client;

/// <summary>Which part of a list.</summary>
public record ListOptions
{
    /// <summary>Most entries of a page. Default: the server's.</summary>
    public int? PageSize { get; init; }

    /// <summary>Where to begin: <see cref="Page{T}.NextCursor"/> of the page before.</summary>
    public string? Cursor { get; init; }

    internal virtual QueryText Query() => new QueryText().Add("limit", PageSize).Add("cursor", Cursor);
}

/// <summary>Which jobs, sessions, services or workflows.</summary>
public record ListFilter : ListOptions
{
    /// <summary>Only those in this state.</summary>
    public string? Status { get; init; }

    /// <summary>Only those with all of these labels.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    internal override QueryText Query() => base.Query().Add("status", Status).Add("metadata.", Metadata);
}
