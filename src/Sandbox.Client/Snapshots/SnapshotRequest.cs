namespace Sandbox.Client;

/// <summary>A snapshot to make; every member has a default.</summary>
public sealed record SnapshotRequest
{
    /// <summary>Name for people.</summary>
    public string? Name { get; init; }

    /// <summary>True to keep variables and processes, too; needs isolation class strong. Default: the files of /workspace alone.</summary>
    public bool? Memory { get; init; }

    /// <summary>Seconds until it is removed. Left out: it is kept.</summary>
    public double? TtlSeconds { get; init; }

    /// <summary>Labels of your own, which lists can be filtered by.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>Forks to make; what is left out is as with the session that is forked.</summary>
public sealed record ForkRequest
{
    /// <summary>How many, 1 to 32. Default 1.</summary>
    public long? Count { get; init; }

    /// <summary>True for variables and processes, too; needs isolation class strong. Default: the files of /workspace alone.</summary>
    public bool? Memory { get; init; }

    /// <summary>Seconds until each ends.</summary>
    public double? TtlSeconds { get; init; }

    /// <summary>Labels of the new sessions.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
