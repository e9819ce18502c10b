namespace Sandbox.Grains.Abstractions.Jobs;

/// <summary>What this installation can run: the bounds that a request is validated against before a grain sees it.</summary>
public interface IJobPlatform
{
    /// <summary>Names of the registered languages.</summary>
    IReadOnlyCollection<string> Languages { get; }

    /// <summary>Names of the templates, that is, of the root file systems that a request may name.</summary>
    IReadOnlyCollection<string> Templates { get; }

    /// <summary>Those of <see cref="IsolationClasses"/> that can be had here.</summary>
    IReadOnlyCollection<string> AvailableIsolation { get; }

    /// <summary>Limits of a request that names none.</summary>
    JobLimits DefaultLimits { get; }

    /// <summary>The least that a request may ask for.</summary>
    JobLimits MinimumLimits { get; }

    /// <summary>The most that a request may ask for.</summary>
    JobLimits MaximumLimits { get; }
}
