using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sandbox.Api.DynamicSessions;

/// <summary>What is sent by and to clients of dynamic sessions; serialisers are generated when compiling.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CodeEnvelope))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(PooledImage))]
[JsonSerializable(typeof(Execution))]
[JsonSerializable(typeof(OldExecution))]
[JsonSerializable(typeof(OldAnswer<OldExecution>))]
[JsonSerializable(typeof(PooledFile))]
[JsonSerializable(typeof(ValueList<PooledFile>))]
[JsonSerializable(typeof(ValueList<OldAnswer<OldFile>>))]
internal sealed partial class DynamicSessionsJson : JsonSerializerContext
{
    /// <summary>Text is not escaped more than JSON wants it: what reads it is no page.</summary>
    public static DynamicSessionsJson Plain { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

/// <summary>What is wrong, as services of Azure say it.</summary>
internal sealed record ErrorAnswer(ErrorDetail Error);

/// <summary>What is wrong: a word for programs, and a sentence.</summary>
internal sealed record ErrorDetail(string Code, string Message);

/// <summary>Code that was run, as it stands. API versions from 2024-10-02-preview on.</summary>
internal sealed record Execution
{
    public required string Id { get; init; }

    public required string Identifier { get; init; }

    public required string ExecutionType { get; init; }

    /// <summary>Running, Succeeded or Failed.</summary>
    public required string Status { get; init; }

    public ExecutionOutput? Result { get; init; }

    public ExecutionFailure? Error { get; init; }

    public long ExecutionTimeInMilliseconds { get; init; }
}

/// <summary>What code has printed, and the value of its last expression.</summary>
internal sealed record ExecutionOutput(string Stdout, string Stderr, JsonElement ExecutionResult);

/// <summary>Why code failed.</summary>
internal sealed record ExecutionFailure(string Code, string Message);

/// <summary>Code that was run, with the status Success or Failure. API version 2024-02-02-preview.</summary>
internal sealed record OldExecution(string Status, JsonElement Result, string Stdout, string Stderr, long ExecutionTimeInMilliseconds);

/// <summary>An image, as the value of an execution.</summary>
internal sealed record PooledImage(string Type, string Format, [property: JsonPropertyName("base64_data")] string Base64Data);

/// <summary>What older versions wrap nearly everything in.</summary>
internal sealed record OldAnswer<T>(T Properties);

/// <summary>A list.</summary>
internal sealed record ValueList<T>(IReadOnlyList<T> Value);

/// <summary>A file or folder.</summary>
internal sealed record PooledFile(string Name, string Type, string? ContentType, long? SizeInBytes, DateTimeOffset LastModifiedAt);

/// <summary>A file or folder, in the API version 2024-02-02-preview.</summary>
internal sealed record OldFile(string Filename, long Size, DateTimeOffset LastModifiedTime);
