using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Grains.Abstractions.Artifacts;

/// <summary>What an artifact shall be, beside its content.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Owner">What it belongs to: the id of a job or session, or <see cref="ArtifactOwner"/> of who uploads it.</param>
/// <param name="Name">Its name; text only, of which no path is made.</param>
public sealed record ArtifactDraft(string TenantId, string Owner, string Name)
{
    /// <summary>Media type as the sender says; guessed from the name where null. A hint that nothing relies on.</summary>
    public string? ContentType { get; init; }

    /// <summary>From when on it is gone; null for as long as its owner is kept.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>SHA-256 that the content has to have, in lower-case hexadecimal; null where nobody said.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether it is a part of something else, such as a snapshot, which only that may read or remove.</summary>
    public bool IsHidden { get; init; }

    /// <summary>A key under which the same artifact is stored once; null where each is another one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What is recorded of it, in the write that makes it; null for nothing of its own.</summary>
    public Func<ArtifactInfo, AuditEvent>? Recorded { get; init; }
}

/// <summary>An artifact that is stored.</summary>
/// <param name="Info">The artifact.</param>
/// <param name="IsReplay">Whether it was there before, under the same idempotency key.</param>
public sealed record StoredArtifact(ArtifactInfo Info, bool IsReplay = false);

/// <summary>A place in a list of artifacts.</summary>
/// <param name="CreatedAt">When the last artifact of the page before was stored.</param>
/// <param name="Id">Its id.</param>
public sealed record ArtifactCursor(DateTimeOffset CreatedAt, ArtifactId Id);

/// <summary>A page of artifacts.</summary>
/// <param name="Items">The artifacts.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
public sealed record ArtifactPage(IReadOnlyList<ArtifactInfo> Items, ArtifactCursor? Next);

/// <summary>Owners of what was uploaded. They have another form than ids: no agent can be named so that it owns what a job left.</summary>
public static class ArtifactOwner
{
    private const string Prefix = "agent:";

    /// <summary>The owner of what an agent uploads.</summary>
    public static string Of(string agentId) => Prefix + agentId;

    /// <summary>The agent that an owner is; the owner itself where it is a job or session.</summary>
    public static string AgentOf(string owner) => owner.StartsWith(Prefix, StringComparison.Ordinal) ? owner[Prefix.Length..] : owner;
}
