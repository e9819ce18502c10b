using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Workflows.Memory;

/// <summary>What a program is answered. Every answer says how long it is, so that a few lines of any language can read it.</summary>
/// <param name="Status">Status of HTTP.</param>
/// <param name="Body">The body.</param>
/// <param name="Type">Its content type.</param>
internal sealed record MemoryAnswer(int Status, byte[] Body, string Type = "application/json")
{
    /// <summary>Version of the key that it is about; 0 for none.</summary>
    private long Version { get; init; }

    private string? Allow { get; init; }

    public static MemoryAnswer Removed { get; } = new(StatusCodes.Status204NoContent, []);

    public static MemoryAnswer NotFound { get; } = Problem(StatusCodes.Status404NotFound, RefusalCodes.NotFound, "There is no such key.");

    public static MemoryAnswer Busy { get; } = Problem(StatusCodes.Status429TooManyRequests, "rate_limited", "There are too many requests at one time.");

    public static MemoryAnswer Unavailable { get; } = Problem(StatusCodes.Status503ServiceUnavailable, "unavailable", "The memory cannot be reached at present.");

    public static MemoryAnswer Invalid(string detail) => Problem(StatusCodes.Status400BadRequest, RefusalCodes.InvalidRequest, detail);

    public static MemoryAnswer NotAllowed(string methods) =>
        Problem(StatusCodes.Status405MethodNotAllowed, "method_not_allowed", $"There is {methods}.") with { Allow = methods };

    public static MemoryAnswer Of(MemoryValue value) => new(StatusCodes.Status200OK, value.Json) { Version = value.Key.Version };

    public static MemoryAnswer Of(MemoryChange change) => new(
        change.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK, EventJson.Object(writer => Write(writer, change.Key))) { Version = change.Key.Version };

    public static MemoryAnswer Of(MemoryPage page) => new(StatusCodes.Status200OK, EventJson.Object(writer =>
    {
        writer.WriteStartArray("items");
        foreach (var key in page.Items)
        {
            writer.WriteStartObject();
            Write(writer, key);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (page.Next is { } next)
            writer.WriteString("next", next);
    }));

    public static MemoryAnswer Of(Refusal refusal) => Problem(
        refusal.Code switch
        {
            RefusalCodes.NotFound => StatusCodes.Status404NotFound,
            RefusalCodes.MemoryChanged => StatusCodes.Status412PreconditionFailed,
            RefusalCodes.MemoryValueTooLarge => StatusCodes.Status413PayloadTooLarge,
            _ => StatusCodes.Status409Conflict,
        },
        refusal.Code,
        refusal.Detail);

    /// <summary>Sends it.</summary>
    public async Task Write(HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (Version > 0)
            response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{Version}\"");
        if (Allow is not null)
            response.Headers.Allow = Allow;
        if (Status == StatusCodes.Status204NoContent)
            return;
        response.ContentType = Type;
        response.ContentLength = Body.Length;
        await response.Body.WriteAsync(Body, cancellationToken);
    }

    private static void Write(Utf8JsonWriter writer, MemoryKey key)
    {
        writer.WriteString("key", key.Key);
        writer.WriteNumber("version", key.Version);
        writer.WriteNumber("sizeBytes", key.SizeBytes);
    }

    private static MemoryAnswer Problem(int status, string code, string detail) => new(status, EventJson.Object(writer =>
    {
        writer.WriteString("type", $"urn:sandbox:problem:{code}");
        writer.WriteNumber("status", status);
        writer.WriteString("detail", detail);
        writer.WriteString("code", code);
    }), "application/problem+json");
}
