using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Policies;

/// <summary>What is asked of a policy; members that are null are not part of the question.</summary>
internal sealed record PolicyRequest
{
    /// <summary>The template that stands for the one a node has without any import.</summary>
    public const string DefaultTemplate = "default";

    /// <summary>Language of the code; null for a command.</summary>
    public string? Language { get; init; }

    /// <summary>Key of the template, which no tenant can choose for another's.</summary>
    public string? Template { get; init; }

    /// <summary>Isolation class.</summary>
    public string? Isolation { get; init; }

    /// <summary>Limits of a new sandbox, complete.</summary>
    public ResourceLimits? Limits { get; init; }

    /// <summary>Seconds that a single step may run, where it says so itself.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Seconds that a session shall live from now.</summary>
    public double? TtlSeconds { get; init; }

    /// <summary>Seconds that a session may be without work; infinite for no bound.</summary>
    public double? IdleSeconds { get; init; }

    /// <summary>Packages to install.</summary>
    public RequestedPackages? Packages { get; init; }

    /// <summary>Names of secrets to inject.</summary>
    public IReadOnlyList<string>? Secrets { get; init; }

    /// <summary>Port that shall be reached from outside.</summary>
    public int? Port { get; init; }

    /// <summary>Seconds that a service shall live from now.</summary>
    public double? ServiceSeconds { get; init; }

    /// <summary>Services that the tenant has beside this one.</summary>
    public int? OtherServices { get; init; }

    /// <summary>Sandboxes that the tenant has beside this one.</summary>
    public int? Others { get; init; }
}
