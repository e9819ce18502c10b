using Sandbox.Grains.Abstractions.Secrets;

namespace Sandbox.Api.Secrets;

/// <summary>What is told of a secret. Its value is never told.</summary>
public sealed record Secret
{
    /// <summary>Name of the secret, and of the variable that it becomes.</summary>
    public required string Name { get; init; }

    /// <summary>The version: counts from 1, past removals too.</summary>
    public required int Version { get; init; }

    /// <summary>How it is used: environment, file or header.</summary>
    public required string As { get; init; }

    /// <summary>Where a header goes.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>The header, with {} where the value goes.</summary>
    public string? Header { get; init; }

    /// <summary>Who stored this version.</summary>
    public required string AgentId { get; init; }

    /// <summary>When this version was stored.</summary>
    public required DateTime CreatedAt { get; init; }

    internal static Secret Of(SecretInfo info) => new()
    {
        Name = info.Name,
        Version = info.Version,
        As = info.Kind,
        Hosts = info.Hosts.Count == 0 ? null : info.Hosts,
        Header = info.HeaderName is null ? null : $"{info.HeaderName}: {info.HeaderTemplate}",
        AgentId = info.AgentId,
        CreatedAt = info.CreatedAt.UtcDateTime,
    };
}

/// <summary>A page of secrets in the order of their names.</summary>
public sealed record SecretList
{
    /// <summary>The secrets.</summary>
    public required IReadOnlyList<Secret> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
