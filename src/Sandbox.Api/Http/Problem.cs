using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Api.Http;

/// <summary>An error as every route answers it: a problem document of RFC 9457 with a stable code.</summary>
public sealed record Problem
{
    /// <summary>URI that names the kind of problem; one for each code.</summary>
    public required string Type { get; init; }

    /// <summary>Short text for a person; the same for every problem of this code.</summary>
    public required string Title { get; init; }

    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong with this request.</summary>
    public string? Detail { get; init; }

    /// <summary>Stable code in snake_case, for programs.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong with each member of the request, by its path.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>The policy rule that decided; with the code policy_denied.</summary>
    public string? Rule { get; init; }

    /// <summary>Why policy forbids it; with the code policy_denied.</summary>
    public string? Reason { get; init; }

    /// <summary>The quota that is used up; with the code quota_exceeded.</summary>
    public QuotaBreach? Quota { get; init; }

    /// <summary>The end of what the service's program printed; with the code service_failed, for callers of its tenant.</summary>
    public string? Log { get; init; }

    /// <summary>Names of the checks that failed and what they said; with the code not_ready.</summary>
    public IReadOnlyDictionary<string, string>? Checks { get; init; }

    /// <summary>Trace of the request, to be named when reporting a fault of the server.</summary>
    public string? TraceId { get; init; }
}
