namespace Sandbox.Client;

/// <summary>A tenant: the boundary of every resource.</summary>
public sealed record Tenant
{
    /// <summary>Its id, as in the header X-Tenant-Id.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
