using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>What is known of an API key; the key itself is shown once, when it is made.</summary>
public sealed record ApiKey
{
    /// <summary>Its id, which opens nothing.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>The tenant that it acts in.</summary>
    public required string TenantId { get; init; }

    /// <summary>What it may do: operator, admin, member or auditor.</summary>
    public required string Role { get; init; }

    /// <summary>The agent that acts with it.</summary>
    public required string AgentId { get; init; }

    /// <summary>The only policy that it may be used under; left out for any of the tenant.</summary>
    public string? Policy { get; init; }

    /// <summary>The last four digits of the key, to tell it by.</summary>
    public required string LastDigits { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>From when on it opens nothing; left out where that never comes.</summary>
    public DateTime? ExpiresAt { get; init; }

    /// <summary>When it was used last, to the hour; left out where it never was.</summary>
    public DateTime? LastUsedAt { get; init; }

    internal static ApiKey Of(ApiKeyRecord record) => new()
    {
        Id = record.Id.ToString(),
        Name = record.Name,
        TenantId = record.TenantId,
        Role = record.Role,
        AgentId = record.AgentId,
        Policy = record.Policy,
        LastDigits = record.LastDigits,
        CreatedAt = record.CreatedAt.UtcDateTime,
        ExpiresAt = record.ExpiresAt?.UtcDateTime,
        LastUsedAt = record.LastUsedAt?.UtcDateTime,
    };
}

/// <summary>An API key that was just made.</summary>
public sealed record NewApiKey
{
    /// <summary>Its id, which opens nothing.</summary>
    public required string Id { get; init; }

    /// <summary>The key. It is not stored and never shown again.</summary>
    public required string Key { get; init; }
}

/// <summary>A page of API keys, newest first.</summary>
public sealed record ApiKeyList
{
    /// <summary>The keys.</summary>
    public required IReadOnlyList<ApiKey> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
