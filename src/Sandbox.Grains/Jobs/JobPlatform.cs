using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Runtime;
using Sandbox.Runtime.Languages;

namespace Sandbox.Grains.Jobs;

/// <summary>What this node can run.</summary>
internal sealed class JobPlatform(ISandboxRuntime runtime, IOptions<LanguageOptions> languages, IOptions<JobOptions> jobs) : IJobPlatform
{
    public IReadOnlyCollection<string> Languages => languages.Value.Languages.Keys;

    public IReadOnlyCollection<string> Templates => runtime.Templates;

    public IReadOnlyCollection<string> AvailableIsolation =>
        [.. runtime.Available.Select(isolation => isolation == IsolationClass.Strong ? IsolationClasses.Strong : IsolationClasses.Standard)];

    public JobLimits DefaultLimits => jobs.Value.Default;

    public JobLimits MinimumLimits => jobs.Value.Minimum;

    public JobLimits MaximumLimits => jobs.Value.Maximum;
}
