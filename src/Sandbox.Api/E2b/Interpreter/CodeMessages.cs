using System.Text.Json.Serialization;

namespace Sandbox.Api.E2b.Interpreter;

/// <summary>Code to run.</summary>
internal sealed record ExecuteRequest
{
    public string? Code { get; init; }

    [JsonPropertyName("context_id")]
    public string? ContextId { get; init; }

    public string? Language { get; init; }

    [JsonPropertyName("env_vars")]
    public Dictionary<string, string>? EnvVars { get; init; }
}

/// <summary>A context to make.</summary>
internal sealed record ContextRequest(string? Language, string? Cwd);

/// <summary>A context of code: what it defines stays from call to call.</summary>
internal sealed record CodeContext(string Id, string Language, string Cwd);
