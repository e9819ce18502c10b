using System.Text.Json;

namespace Sandbox.Client;

/// <summary>Something began, changed its state or ended in the tenant.</summary>
public sealed record LifecycleEvent
{
    /// <summary>Its id: rises within the tenant.</summary>
    public string Id { get => field ?? string.Empty; init; }

    /// <summary>Such as job.ended.</summary>
    public string Type { get => field ?? string.Empty; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Who did it.</summary>
    public string? AgentId { get; init; }

    /// <summary>To what.</summary>
    public AuditResource? Resource { get; init; }

    /// <summary>More about it, by name.</summary>
    public Dictionary<string, JsonElement> Data { get => field ?? []; init; }

    /// <summary>The event as the server sent it.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public JsonElement Json { get; init; }
}
