using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sandbox.Api.E2b.Sandboxes;

/// <summary>The request for a sandbox.</summary>
internal sealed record NewSandbox
{
    [JsonPropertyName("templateID")]
    public string? TemplateId { get; init; }

    public double? Timeout { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public Dictionary<string, string>? EnvVars { get; init; }

    [JsonPropertyName("allow_internet_access")]
    public bool? AllowInternetAccess { get; init; }

    public JsonElement? Network { get; init; }

    public bool? AutoPause { get; init; }

    public bool? AutoPauseMemory { get; init; }

    public AutoResume? AutoResume { get; init; }

    public JsonElement? Mcp { get; init; }

    public JsonElement? Iam { get; init; }

    public IReadOnlyList<JsonElement>? VolumeMounts { get; init; }
}

/// <summary>Whether a paused sandbox goes on when it is asked something.</summary>
internal sealed record AutoResume(bool Enabled);

/// <summary>How long a sandbox lives from now.</summary>
internal sealed record TimeoutRequest(double? Timeout);

/// <summary>How long a sandbox lives at least from now.</summary>
internal sealed record ConnectRequest(double? Timeout, bool? Memory);

/// <summary>How to pause.</summary>
internal sealed record PauseSandbox(bool? Memory);

/// <summary>What a snapshot is called.</summary>
internal sealed record NewSnapshot(string? Name);

/// <summary>How many forks, and how long they live.</summary>
internal sealed record ForkSandbox(long? Count, double? Timeout);
