using System.Globalization;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Events;

namespace Sandbox.Api.Events;

/// <summary>A page of events, oldest first.</summary>
public sealed record EventList
{
    private const int MostLookedAt = 2000;

    /// <summary>The events: id, type, tenantId, resource, agentId, time and data.</summary>
    public required IReadOnlyList<JsonElement> Items { get; init; }

    /// <summary>Where to go on, as <c>from</c>: also where nothing follows yet.</summary>
    public required string NextCursor { get; init; }

    internal static async Task<EventList> Read(IAuditFeed feed, string tenant, LifecycleFilter filter, long after, int limit, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        for (var looked = 0; looked < MostLookedAt && items.Count < limit; looked += limit)
        {
            var run = await feed.Read(tenant, after, filter.Actions, limit, cancellationToken);
            foreach (var entry in run.Items)
            {
                if (items.Count == limit)
                    return Page(items, after);
                after = entry.Sequence;
                if (LifecycleEvent.Of(entry) is { } item)
                    items.Add(JsonElement.Parse(item.Json.Span));
            }

            after = run.Last;
            if (!run.HasMore)
                break;
        }

        return Page(items, after);
    }

    private static EventList Page(List<JsonElement> items, long after) =>
        new() { Items = items, NextCursor = after.ToString(CultureInfo.InvariantCulture) };
}
