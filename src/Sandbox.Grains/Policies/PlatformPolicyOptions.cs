using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Policies;

/// <summary>
/// What nobody on this installation may exceed. Configuration section <c>Sandbox:Policies:Platform</c>; a member left out
/// sets no bound. Read at start.
/// </summary>
public sealed class PlatformPolicyOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Policies:Platform";

    /// <summary>Languages that code may be in; all that are registered where null.</summary>
    public IReadOnlyList<string>? Languages { get; set; }

    /// <summary>
    /// Templates that may be used: <c>default</c>, the name of one that belongs to all, or <c>tenant/name</c> for a tenant's own;
    /// all where null.
    /// </summary>
    public IReadOnlyList<string>? Templates { get; set; }

    /// <summary>Those of <see cref="IsolationClasses"/> that may be used; all where null.</summary>
    public IReadOnlyList<string>? Isolation { get; set; }

    /// <summary>The most of each limit.</summary>
    public PolicyLimits Limits { get; set; } = new();

    /// <summary>The longest that a session may live from its creation or extension, in seconds; no bound of its own where null.</summary>
    public double? MaxTtlSeconds { get; set; }

    /// <summary>Which ports may be reached from outside, and how long and how many services may live.</summary>
    public PolicyServices Services { get; set; } = new();
}
