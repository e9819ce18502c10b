namespace Sandbox.Client;

/// <summary>A tenant to be made.</summary>
public sealed record TenantRequest
{
    /// <summary>Its id: 1 to 64 characters of a-z, 0-9, _ and -.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it: 1 to 128 characters.</summary>
    public required string Name { get; init; }
}

/// <summary>An API key to be made.</summary>
public sealed record ApiKeyRequest
{
    /// <summary>What people call it: 1 to 128 characters.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do: operator, admin, member or auditor; at most what who asks may do.</summary>
    public required string Role { get; init; }

    /// <summary>The agent that acts with it, 1 to 128 characters; else the id of the key.</summary>
    public string? AgentId { get; init; }

    /// <summary>From when on it opens nothing; else that never comes.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The only policy that it may be used under, for members; else any of the tenant. It need not be there yet.</summary>
    public string? Policy { get; init; }
}
