using System.Buffers;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Events;
using Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Grains.Webhooks;

/// <summary>What is posted: the event as the record has it, so that nothing of it has to be kept with a delivery.</summary>
internal sealed class WebhookBody(IAuditFeed feed)
{
    /// <summary>The body of a delivery; the same at every attempt.</summary>
    public async Task<ReadOnlyMemory<byte>> Of(Webhook webhook, Delivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.EventId is not { } sequence)
            return Test(webhook, delivery);
        var run = await feed.Read(webhook.TenantId, sequence - 1, LifecycleFilter.All.Actions, 1, cancellationToken);
        return run.Items is [{ } entry] && LifecycleEvent.Of(entry) is { } item
            ? item.Json
            : throw new InvalidDataException($"There is no event {sequence} on the record.");
    }

    private static ReadOnlyMemory<byte> Test(Webhook webhook, Delivery delivery)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", delivery.Id.ToString());
            json.WriteString("type", LifecycleEvent.TestType);
            json.WriteString("tenantId", webhook.TenantId);
            json.WriteStartObject("resource");
            json.WriteString("type", AuditResourceTypes.Webhook);
            json.WriteString("id", webhook.Id.ToString());
            json.WriteEndObject();
            json.WriteString("agentId", webhook.AgentId);
            json.WriteString("time", delivery.CreatedAt.UtcDateTime);
            json.WriteStartObject("data");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
