using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Sessions;
using Sandbox.Runtime;
using Sandbox.Runtime.Languages;

namespace Sandbox.Grains.Sandboxes;

/// <summary>What this node can run.</summary>
internal sealed class NodePlatform(
    ISandboxRuntime runtime,
    IOptions<LanguageOptions> languages,
    IOptions<JobOptions> jobs,
    IOptions<SessionOptions> sessions) : IPlatform
{
    public IReadOnlyCollection<string> Languages => languages.Value.Languages.Keys;

    public IReadOnlyCollection<string> AvailableIsolation =>
        [.. runtime.Available.Select(isolation => isolation == IsolationClass.Strong ? IsolationClasses.Strong : IsolationClasses.Standard)];

    public ResourceLimits DefaultLimits => jobs.Value.Default;

    public ResourceLimits DefaultSessionLimits => jobs.Value.Default with { OutputBytes = jobs.Value.Maximum.OutputBytes };

    public ResourceLimits MinimumLimits => jobs.Value.Minimum;

    public ResourceLimits MaximumLimits => jobs.Value.Maximum;

    public double DefaultTtlSeconds => sessions.Value.DefaultTtl.TotalSeconds;

    public double MaximumTtlSeconds => sessions.Value.MaximumTtl.TotalSeconds;
}
