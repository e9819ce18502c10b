namespace Sandbox.Client;

/// <summary>What is known of an API key; the key itself is shown once, when it is made.</summary>
public sealed record ApiKey
{
    /// <summary>Its id, which opens nothing.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>The tenant that it acts in.</summary>
    public string TenantId { get => field ?? string.Empty; init; }

    /// <summary>What it may do: operator, admin, member or auditor.</summary>
    public string Role { get => field ?? string.Empty; init; }

    /// <summary>The agent that acts with it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>The only policy that it may be used under; left out for any of the tenant.</summary>
    public string? Policy { get; init; }

    /// <summary>The last four digits of the key, to tell it by.</summary>
    public string LastDigits { get => field ?? string.Empty; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it opens nothing; left out where that never comes.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was used last, to the hour; left out where it never was.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>An API key that was just made.</summary>
public sealed record NewApiKey
{
    /// <summary>Its id, which opens nothing.</summary>
    public required string Id { get; init; }

    /// <summary>The key. It is not stored and never shown again.</summary>
    public string Key { get => field ?? string.Empty; init; }

    /// <summary>The id: a key does not belong into logs.</summary>
    public override string ToString() => Id;
}
