using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Api.Policies;

/// <summary>One version of a policy.</summary>
public sealed record Policy
{
    /// <summary>Name of the policy.</summary>
    public required string Name { get; init; }

    /// <summary>The version: counts from 1, past removals too. It is the ETag of the policy.</summary>
    public required int Version { get; init; }

    /// <summary>What it permits; left out where this version removed the policy.</summary>
    public PolicyDocument? Document { get; init; }

    /// <summary>Whether this version removed the policy.</summary>
    public required bool Removed { get; init; }

    /// <summary>Who stored it.</summary>
    public required string AgentId { get; init; }

    /// <summary>When it was stored.</summary>
    public required DateTime CreatedAt { get; init; }

    internal static Policy Of(PolicyVersion version) => new()
    {
        Name = version.Name,
        Version = version.Version,
        Document = version.Document,
        Removed = version.Document is null,
        AgentId = version.AgentId,
        CreatedAt = version.CreatedAt.UtcDateTime,
    };
}

/// <summary>A page of policies in the order of their names, or of versions of one, the last one first.</summary>
public sealed record PolicyList
{
    /// <summary>The versions.</summary>
    public required IReadOnlyList<Policy> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
