using System.Text.Json;

namespace Sandbox.Client;

/// <summary>One version of a policy.</summary>
public sealed record Policy
{
    /// <summary>Name of the policy.</summary>
    public required string Name { get; init; }

    /// <summary>The version: counts from 1, past removals too. It is the ETag of the policy.</summary>
    public int Version { get; init; }

    /// <summary>What it permits; left out where this version removed the policy.</summary>
    public JsonElement? Document { get; init; }

    /// <summary>Whether this version removed the policy.</summary>
    public bool Removed { get; init; }

    /// <summary>Who stored it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>When it was stored.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
