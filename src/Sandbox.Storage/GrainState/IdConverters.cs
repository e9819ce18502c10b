using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Storage.GrainState;

/// <summary>Ids are their text; an id that was never set is null.</summary>
internal sealed class JobIdConverter : JsonConverter<JobId>
{
    public override bool HandleNull => true;

    public override JobId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.Null ? default
        : JobId.TryParse(reader.GetString(), out var id) ? id
        : throw new JsonException("Not the id of a job.");

    public override void Write(Utf8JsonWriter writer, JobId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value == default ? null : value.ToString());
}

/// <inheritdoc cref="JobIdConverter"/>
internal sealed class ArtifactIdConverter : JsonConverter<ArtifactId>
{
    public override bool HandleNull => true;

    public override ArtifactId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.Null ? default
        : ArtifactId.TryParse(reader.GetString(), out var id) ? id
        : throw new JsonException("Not the id of an artifact.");

    public override void Write(Utf8JsonWriter writer, ArtifactId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value == default ? null : value.ToString());
}
