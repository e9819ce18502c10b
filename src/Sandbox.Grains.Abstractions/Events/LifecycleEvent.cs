using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Grains.Abstractions.Events;

/// <summary>
/// An event of a life, derived from its entry on the audit record: readers of streams and receivers of webhooks get the same bytes.
/// Like the record it holds no code, environment, input or output, and less than the record: no policy's reasons, limits, or traces.
/// </summary>
/// <param name="Id">The sequence of the entry: rises within the tenant.</param>
/// <param name="Type">One of <see cref="LifecycleTypes"/>.</param>
/// <param name="Json">The event, UTF-8 JSON in one line.</param>
public sealed record LifecycleEvent(long Id, string Type, ReadOnlyMemory<byte> Json)
{
    /// <summary>Type of what is sent to a webhook to try it out; on no record.</summary>
    public const string TestType = "webhook.test";

    // What callers know of the resource anyhow.
    private static readonly FrozenSet<string> Told = FrozenSet.ToFrozenSet(
        ["attempt", "step", "jobId", "sessionId", "exitCode", "signal", "sequence", "session", "snapshot", "language", "isolation", "template", "where", "expiresAt", "node", "epoch", "version", "source", "from", "digest", "sizeBytes", "sha256", "port", "token"],
        StringComparer.Ordinal);

    /// <summary>The event of an entry; null where the entry is none, a refusal included.</summary>
    public static LifecycleEvent? Of(AuditEntry entry)
    {
        using var document = JsonDocument.Parse(entry.Body);
        var body = document.RootElement;
        if (LifecycleTypes.Of(body.GetProperty("action").GetString()!) is not { } type || Text(body, "outcome") == AuditOutcomes.Denied)
            return null;
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", entry.Sequence.ToString(CultureInfo.InvariantCulture));
            json.WriteString("type", type.Name);
            Copy(json, body, "tenant", "tenantId");
            Copy(json, body, "resource", "resource");
            Copy(json, body.GetProperty("actor"), "agentId", "agentId");
            Copy(json, body, "time", "time");
            json.WriteStartObject("data");
            WriteData(json, body, type);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return new LifecycleEvent(entry.Sequence, type.Name, buffer.WrittenMemory);
    }

    private static void WriteData(Utf8JsonWriter json, JsonElement body, LifecycleType type)
    {
        var details = body.TryGetProperty("details", out var some) ? some : default;
        if (StatusOf(body, details, type) is { } status)
            json.WriteString("status", status);
        Copy(json, body, "cause", "cause");
        if (details.ValueKind == JsonValueKind.Object)
        {
            foreach (var detail in details.EnumerateObject().Where(static detail => Told.Contains(detail.Name)))
                detail.WriteTo(json);
        }

        Copy(json, body, "usage", "usage");
    }

    private static string? StatusOf(JsonElement body, JsonElement details, LifecycleType type)
    {
        if (type.FailedStatus is { } failed && Text(body, "outcome") == AuditOutcomes.Failed)
            return failed;
        // The record has the names of the states in one word.
        return type.Status ?? Text(details, "status") switch
        {
            "timedout" => "timed_out",
            var status => status,
        };
    }

    private static void Copy(Utf8JsonWriter json, JsonElement from, string name, string to)
    {
        if (!from.TryGetProperty(name, out var value))
            return;
        json.WritePropertyName(to);
        value.WriteTo(json);
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
