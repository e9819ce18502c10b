using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;

namespace Sandbox.Storage.GrainState;

/// <summary>
/// How state is written: UTF-8 JSON, camelCase, enums by name, never a type name. Unknown members are passed over,
/// so that an older version can read what a newer one has written.
/// </summary>
internal sealed class GrainStateJson
{
    private readonly JsonSerializerOptions _options;

    public GrainStateJson(IOptions<SqliteStorageOptions> options)
    {
        _options = new JsonSerializerOptions(JsonSerializerDefaults.General)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Converters = { new JobIdConverter(), new ArtifactIdConverter(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
            TypeInfoResolver = JsonTypeInfoResolver
                .Combine([.. options.Value.StateTypeInfoResolvers, new DefaultJsonTypeInfoResolver()])
                .WithAddedModifier(static type => type.PolymorphismOptions = null),
        };
        _options.MakeReadOnly();
    }

    /// <summary>The value as it is now, in a buffer that the caller disposes.</summary>
    public PooledBytes Serialize<T>(T value)
    {
        var buffer = new PooledBytes();
        try
        {
            using var writer = new Utf8JsonWriter(buffer);
            JsonSerializer.Serialize(writer, value, _options);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    public T? Deserialize<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, _options);
}
