namespace Sandbox.Grains.Abstractions.Sandboxes;

/// <summary>What this installation can run: the bounds that a request is validated against before a grain sees it.</summary>
public interface IPlatform
{
    /// <summary>Names of the registered languages.</summary>
    IReadOnlyCollection<string> Languages { get; }

    /// <summary>Those of <see cref="IsolationClasses"/> that can be had here.</summary>
    IReadOnlyCollection<string> AvailableIsolation { get; }

    /// <summary>Limits of a request that names none.</summary>
    ResourceLimits DefaultLimits { get; }

    /// <summary>Limits of a session whose request names none: its steps may print more than a job.</summary>
    ResourceLimits DefaultSessionLimits { get; }

    /// <summary>The least that a request may ask for.</summary>
    ResourceLimits MinimumLimits { get; }

    /// <summary>The most that a request may ask for.</summary>
    ResourceLimits MaximumLimits { get; }

    /// <summary>Seconds that a session lives when its request does not say.</summary>
    double DefaultTtlSeconds { get; }

    /// <summary>The longest that a session may live from its creation or extension, in seconds.</summary>
    double MaximumTtlSeconds { get; }
}
