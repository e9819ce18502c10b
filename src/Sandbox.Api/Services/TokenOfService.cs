using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Api.Services;

/// <summary>A token of a service: it opens the service, and nothing else.</summary>
public sealed record TokenOfService
{
    /// <summary>Id: tok_ and 26 characters. It opens nothing.</summary>
    public required string Id { get; init; }

    /// <summary>What its holder shows; once, in the answer that made it.</summary>
    public string? Token { get; init; }

    /// <summary>Who made it.</summary>
    public required string AgentId { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>From when on it opens nothing; not later than the service's end.</summary>
    public required DateTime ExpiresAt { get; init; }

    internal static TokenOfService From(ServiceToken token) => new()
    {
        Id = token.Id,
        AgentId = token.AgentId,
        CreatedAt = token.CreatedAt.UtcDateTime,
        ExpiresAt = token.ExpiresAt.UtcDateTime,
    };
}

/// <summary>The tokens of a service.</summary>
public sealed record ServiceTokenList
{
    /// <summary>Those that open it, oldest first.</summary>
    public required IReadOnlyList<TokenOfService> Items { get; init; }
}
