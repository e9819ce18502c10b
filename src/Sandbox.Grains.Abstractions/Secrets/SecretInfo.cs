namespace Sandbox.Grains.Abstractions.Secrets;

/// <summary>All that is told of a secret: everything but its value.</summary>
/// <param name="TenantId">Whose it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Counts from 1, and past removals: no version ever means two values.</param>
/// <param name="Kind">One of <see cref="SecretKinds"/>.</param>
/// <param name="AgentId">Who stored this version.</param>
/// <param name="CreatedAt">When this version was stored.</param>
public sealed record SecretInfo(string TenantId, string Name, int Version, string Kind, string AgentId, DateTimeOffset CreatedAt)
{
    /// <summary>Where the header goes, for <see cref="SecretKinds.Header"/>: hosts, each with a port where that is not 443.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Name of the header, for <see cref="SecretKinds.Header"/>.</summary>
    public string? HeaderName { get; init; }

    /// <summary>What the header says, with {} where the value goes.</summary>
    public string? HeaderTemplate { get; init; }
}

/// <summary>A secret with its value. Not to be logged, stored or told.</summary>
/// <param name="Info">What is told of it.</param>
/// <param name="Value">The value.</param>
public sealed record OpenSecret(SecretInfo Info, ReadOnlyMemory<byte> Value)
{
    /// <summary>Only what is told of it.</summary>
    public override string ToString() => $"{Info.Name}, version {Info.Version}";
}

/// <summary>A secret that is to be stored.</summary>
/// <param name="TenantId">Whose it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">One of <see cref="SecretKinds"/>.</param>
/// <param name="AgentId">Who stores it.</param>
public sealed record SecretDraft(string TenantId, string Name, string Kind, string AgentId)
{
    /// <inheritdoc cref="SecretInfo.Hosts"/>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <inheritdoc cref="SecretInfo.HeaderName"/>
    public string? HeaderName { get; init; }

    /// <inheritdoc cref="SecretInfo.HeaderTemplate"/>
    public string? HeaderTemplate { get; init; }
}
