using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Api.Artifacts;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Api.Mcp.Results;

/// <summary>What running something came to, within what a model can read.</summary>
internal sealed record CodeRun
{
    /// <summary>queued, running, succeeded, failed, cancelled, interrupted or timed_out.</summary>
    public required string Status { get; init; }

    public string? Cause { get; init; }

    public int? ExitCode { get; init; }

    public string? Signal { get; init; }

    public required string Stdout { get; init; }

    public required string Stderr { get; init; }

    public required bool StdoutTruncated { get; init; }

    public required bool StderrTruncated { get; init; }

    /// <summary>What it showed, by MIME type. Images are left out: they follow as images.</summary>
    public required IReadOnlyList<IReadOnlyDictionary<string, JsonElement>> Results { get; init; }

    public int? MainResult { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Error { get; init; }

    public string? SessionId { get; init; }

    public long? Step { get; init; }

    public string? JobId { get; init; }

    public bool? KernelEnded { get; init; }

    public bool? FreshKernel { get; init; }

    public required IReadOnlyList<Artifact> Artifacts { get; init; }

    public IReadOnlyList<SkippedArtifact>? SkippedArtifacts { get; init; }

    /// <summary>What to do next, where something is left to do.</summary>
    public string? Next { get; init; }
}
