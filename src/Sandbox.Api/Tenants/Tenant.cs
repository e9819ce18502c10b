using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>A tenant: the boundary of every resource.</summary>
public sealed record Tenant
{
    /// <summary>Its id, as in the header X-Tenant-Id.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTime CreatedAt { get; init; }

    internal static Tenant Of(TenantRecord record) => new() { Id = record.Id, Name = record.Name, CreatedAt = record.CreatedAt.UtcDateTime };
}

/// <summary>A page of tenants, in the order of their ids.</summary>
public sealed record TenantList
{
    /// <summary>The tenants.</summary>
    public required IReadOnlyList<Tenant> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
