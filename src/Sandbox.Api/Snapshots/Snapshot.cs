using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Snapshots;

namespace Sandbox.Api.Snapshots;

/// <summary>A session that was kept, to begin new ones with.</summary>
public sealed record Snapshot
{
    /// <summary>Id: snp_ and 26 characters.</summary>
    public required string Id { get; init; }

    /// <summary>The session that it was made of.</summary>
    public required string SessionId { get; init; }

    /// <summary>Name for people.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it has variables and processes, too, and not the files alone.</summary>
    public required bool Memory { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Files that were left out because they cannot be kept: sockets, pipes, what the code shut itself out of, what is more than 500 folders deep.</summary>
    public required long Skipped { get; init; }

    /// <summary>Language of the session.</summary>
    public required string Language { get; init; }

    /// <summary>Isolation class of the session.</summary>
    public required string Isolation { get; init; }

    /// <summary>Root file system of the session; left out for the default one.</summary>
    public string? Template { get; init; }

    /// <summary>Limits of the session, which one that begins with it has by default.</summary>
    public required ResourceLimits Limits { get; init; }

    /// <summary>Who made it.</summary>
    public required string AgentId { get; init; }

    /// <summary>Labels of the request.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When it is removed; left out where it is kept.</summary>
    public DateTime? ExpiresAt { get; init; }

    internal static Snapshot From(SnapshotView view) => new()
    {
        Id = view.Id,
        SessionId = view.SessionId,
        Name = view.Name,
        Memory = view.Memory,
        SizeBytes = view.SizeBytes,
        Skipped = view.Skipped,
        Language = view.Language,
        Isolation = view.Isolation,
        Template = view.Template,
        Limits = view.Limits,
        AgentId = view.AgentId,
        Metadata = view.Metadata,
        CreatedAt = view.CreatedAt.UtcDateTime,
        ExpiresAt = view.ExpiresAt?.UtcDateTime,
    };
}

/// <summary>A page of snapshots, newest first.</summary>
public sealed record SnapshotList
{
    /// <summary>The snapshots.</summary>
    public required IReadOnlyList<Snapshot> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
