namespace Sandbox.Client;

/// <summary>What is told of a secret. Its value is never told.</summary>
public sealed record Secret
{
    /// <summary>Name of the secret, and of the variable that it becomes.</summary>
    public required string Name { get; init; }

    /// <summary>The version: counts from 1, past removals too.</summary>
    public int Version { get; init; }

    /// <summary>How it is used: environment, file or header.</summary>
    public string As { get => field ?? string.Empty; init; }

    /// <summary>Where a header goes.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>The header, with {} where the value goes.</summary>
    public string? Header { get; init; }

    /// <summary>Who stored this version.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>When this version was stored.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
