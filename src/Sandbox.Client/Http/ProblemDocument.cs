namespace Sandbox.Client;

/// <summary>What a server says about a refusal (RFC 9457).</summary>
public sealed record ProblemDocument
{
    /// <summary>The kind of problem, for people.</summary>
    public string? Title { get; init; }

    /// <summary>HTTP status.</summary>
    public int? Status { get; init; }

    /// <summary>This problem, for people.</summary>
    public string? Detail { get; init; }

    /// <summary>The kind of problem, for programs: a stable name such as queue_full.</summary>
    public string? Code { get; init; }

    /// <summary>The rule of policy that forbids it.</summary>
    public string? Rule { get; init; }

    /// <summary>Why it forbids it, or why the resource is gone.</summary>
    public string? Reason { get; init; }

    /// <summary>What is wrong, by the name of the request's member.</summary>
    public Dictionary<string, string[]>? Errors { get; init; }
}
