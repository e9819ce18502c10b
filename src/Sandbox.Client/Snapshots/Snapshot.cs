using System.Collections.ObjectModel;

namespace Sandbox.Client;

/// <summary>A session that was kept, to begin new ones with.</summary>
public sealed record Snapshot
{
    /// <summary>Id: snp_ and 26 characters.</summary>
    public required string Id { get; init; }

    /// <summary>The session that it was made of.</summary>
    public string SessionId { get => field ?? string.Empty; init; }

    /// <summary>Name for people.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it has variables and processes, too, and not the files alone.</summary>
    public bool Memory { get; init; }

    /// <summary>Size in bytes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Files that were left out because they cannot be kept: sockets, pipes, what the code shut itself out of, what is more than 500 folders deep.</summary>
    public long Skipped { get; init; }

    /// <summary>Language of the session.</summary>
    public string Language { get => field ?? string.Empty; init; }

    /// <summary>Isolation class of the session.</summary>
    public string Isolation { get => field ?? string.Empty; init; }

    /// <summary>Root file system of the session; left out for the default one.</summary>
    public string? Template { get; init; }

    /// <summary>Limits of the session, which one that begins with it has by default.</summary>
    public ResourceLimits Limits { get => field ?? new(); init; }

    /// <summary>Who made it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>Labels of the request.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is removed; left out where it is kept.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
