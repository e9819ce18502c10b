using System.Text.Json;

namespace Sandbox.Cli.Events;

internal sealed record LifecycleEvent(
    string Id, string Type, DateTimeOffset? Time = null, string? AgentId = null, EventResource? Resource = null, Dictionary<string, JsonElement>? Data = null);

internal sealed record EventResource(string Type, string Id);

internal sealed record EventPage(IReadOnlyList<JsonElement> Items, string NextCursor);
