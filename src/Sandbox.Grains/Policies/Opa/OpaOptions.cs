using System.ComponentModel.DataAnnotations;

namespace Sandbox.Grains.Policies.Opa;

/// <summary>
/// An Open Policy Agent that is asked beside the rules of policies. Configuration section <c>Sandbox:Policies:Opa</c>; without
/// <see cref="Url"/> there is none. Read at start.
/// </summary>
public sealed class OpaOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Policies:Opa";

    /// <summary>Address of the server, such as <c>http://127.0.0.1:8181</c>; what it is asked is below <c>/v1/data/</c>.</summary>
    public string? Url { get; set; }

    /// <summary>What is asked about every job and session, whatever its policy says, such as <c>sandbox/admit</c>; null for nothing.</summary>
    public string? Path { get; set; }

    /// <summary>Sent as a bearer token; null for none.</summary>
    public string? Token { get; set; }

    /// <summary>Longest time to wait for an answer, in seconds; afterwards the answer is no.</summary>
    [Range(0.05, 60)]
    public double TimeoutSeconds { get; set; } = 2;

    /// <summary>Most decisions that are kept, each no longer than its answer allows.</summary>
    [Range(0, 1_000_000)]
    public int MaxCached { get; set; } = 10_000;
}
