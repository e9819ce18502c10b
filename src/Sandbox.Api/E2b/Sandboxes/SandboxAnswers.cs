using System.Text.Json.Serialization;

namespace Sandbox.Api.E2b.Sandboxes;

/// <summary>A sandbox with what is needed to talk to it.</summary>
internal sealed record SandboxHandleView
{
    [JsonPropertyName("templateID")]
    public required string TemplateId { get; init; }

    [JsonPropertyName("sandboxID")]
    public required string SandboxId { get; init; }

    [JsonPropertyName("clientID")]
    public required string ClientId { get; init; }

    public required string EnvdVersion { get; init; }

    public required string EnvdAccessToken { get; init; }

    public required string TrafficAccessToken { get; init; }

    public string? Domain { get; init; }
}

/// <summary>A sandbox as it stands.</summary>
internal sealed record SandboxDetail
{
    [JsonPropertyName("templateID")]
    public required string TemplateId { get; init; }

    [JsonPropertyName("sandboxID")]
    public required string SandboxId { get; init; }

    [JsonPropertyName("clientID")]
    public required string ClientId { get; init; }

    public required DateTime StartedAt { get; init; }

    public required DateTime EndAt { get; init; }

    public required string State { get; init; }

    public required int CpuCount { get; init; }

    [JsonPropertyName("memoryMB")]
    public required long MemoryMb { get; init; }

    [JsonPropertyName("diskSizeMB")]
    public required long DiskSizeMb { get; init; }

    public required string EnvdVersion { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required IReadOnlyList<string> VolumeMounts { get; init; }

    public string? EnvdAccessToken { get; init; }

    public string? Domain { get; init; }

    public SandboxLifecycle? Lifecycle { get; init; }
}

/// <summary>What happens when its time is over.</summary>
internal sealed record SandboxLifecycle(string OnTimeout, bool AutoResume);

/// <summary>A snapshot.</summary>
internal sealed record SnapshotInfo(
    [property: JsonPropertyName("snapshotID")] string SnapshotId, IReadOnlyList<string> Names);

/// <summary>What became of one fork.</summary>
internal sealed record ForkOutcome(SandboxHandleView Sandbox);
