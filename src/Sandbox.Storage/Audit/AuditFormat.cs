using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Storage.Audit;

/// <summary>
/// Version 1 of how an event is written and hashed. The body is JSON in one line, members in the order below, absent ones left
/// out. The hash is SHA-256 over: the text <c>sandbox-audit-1</c>, the previous hash (32 bytes), the sequence (8 bytes, big
/// endian), the length of the tenant's id in UTF-8 (4 bytes, big endian), that id, and the body.
/// </summary>
internal static class AuditFormat
{
    public const int HashBytes = SHA256.HashSizeInBytes;

    private const int Version = 1;
    private const int MostDetails = 16;
    private const int LongestText = 512;

    private static readonly byte[] s_domain = "sandbox-audit-1"u8.ToArray();
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Body(AuditEvent what, string id, DateTimeOffset at)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("id", id);
            json.WriteString("time", at.UtcDateTime);
            json.WriteString("tenant", what.TenantId);
            json.WriteStartObject("actor");
            json.WriteString("agentId", Bounded(what.Actor.AgentId));
            json.WriteString("role", Bounded(what.Actor.Role));
            json.WriteEndObject();
            json.WriteString("action", Bounded(what.Action));
            json.WriteStartObject("resource");
            json.WriteString("type", Bounded(what.Resource.Type));
            json.WriteString("id", Bounded(what.Resource.Id));
            json.WriteEndObject();
            json.WriteString("outcome", Bounded(what.Outcome));
            WriteRest(json, what);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Hash(string tenantId, long sequence, ReadOnlySpan<byte> previous, ReadOnlySpan<byte> body)
    {
        var tenant = Encoding.UTF8.GetBytes(tenantId);
        Span<byte> numbers = stackalloc byte[sizeof(long) + sizeof(int)];
        BinaryPrimitives.WriteInt64BigEndian(numbers, sequence);
        BinaryPrimitives.WriteInt32BigEndian(numbers[sizeof(long)..], tenant.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(s_domain);
        hash.AppendData(previous);
        hash.AppendData(numbers);
        hash.AppendData(tenant);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary>At most so much as an event keeps of a text; what was cut ends with an ellipsis.</summary>
    public static string Bounded(string text) => text.Length <= LongestText ? text : text[..(LongestText - 1)] + "…";

    private static void WriteRest(Utf8JsonWriter json, AuditEvent what)
    {
        WriteIfAny(json, "cause", what.Cause);
        if (what.Decision is { } decision)
        {
            json.WriteStartObject("decision");
            json.WriteString("policy", Bounded(decision.Policy));
            json.WriteNumber("version", decision.Version);
            json.WriteBoolean("allowed", decision.Allowed);
            WriteIfAny(json, "rule", decision.Rule);
            WriteIfAny(json, "reason", decision.Reason);
            json.WriteEndObject();
        }

        if (what.Usage is { } usage)
        {
            json.WriteStartObject("usage");
            json.WriteNumber("wallSeconds", usage.WallSeconds);
            json.WriteNumber("cpuSeconds", usage.CpuSeconds);
            json.WriteNumber("peakMemoryBytes", usage.PeakMemoryBytes);
            json.WriteNumber("outputBytes", usage.OutputBytes);
            json.WriteEndObject();
        }

        WriteIfAny(json, "traceId", what.TraceId);
        if (what.Details.Count == 0)
            return;
        json.WriteStartObject("details");
        foreach (var (name, value) in what.Details.Take(MostDetails))
            json.WriteString(Bounded(name), Bounded(value));
        json.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, Bounded(value));
    }
}
