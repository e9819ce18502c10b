using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Jobs;

namespace Sandbox.Grains;

/// <summary>Registers the grains of a node and what they work with.</summary>
public static class GrainsRegistration
{
    /// <summary>Adds jobs: admission, runs, retention. Needs a runtime and a storage beside it. May be called more than once.</summary>
    public static IServiceCollection AddSandboxGrains(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<NodeOptions>().Bind(configuration.GetSection(NodeOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<JobOptions>().Bind(configuration.GetSection(JobOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<NodeAdmission>();
        services.TryAddSingleton<IJobPlatform, JobPlatform>();
        services.TryAddSingleton<JobGate>();
        services.TryAddSingleton<JobArtifacts>();
        services.TryAddSingleton<JobRunner>();
        services.TryAddSingleton<JobInstruments>();
        services.TryAddSingleton<NodeLifecycle>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeLifecycle>());
        services.AddHealthChecks().AddCheck<NodeHealthCheck>("node", tags: ["ready"]);
        return services;
    }
}
