using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sandbox.Egress;
using Sandbox.Egress.Records;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Artifacts;
using Sandbox.Grains.Audit;
using Sandbox.Grains.Egress;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Nodes;
using Sandbox.Grains.Packages;
using Sandbox.Grains.Policies;
using Sandbox.Grains.Quotas;
using Sandbox.Grains.Secrets;
using Sandbox.Grains.Services;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Sandboxes;
using Sandbox.Grains.Sessions.Commands;
using Sandbox.Grains.Sessions.Files;
using Sandbox.Grains.Sessions.Forks;
using Sandbox.Grains.Sessions.Steps;
using Sandbox.Grains.Snapshots;
using Sandbox.Grains.Templates;
using Sandbox.Grains.Webhooks;
using Sandbox.Grains.Workflows;
using Sandbox.Packages;

namespace Sandbox.Grains;

/// <summary>Registers the grains of a node and what they work with.</summary>
public static class GrainsRegistration
{
    /// <summary>Adds jobs and sessions: admission, runs, retention. Needs a runtime and a storage beside it. May be called more than once.</summary>
    public static IServiceCollection AddSandboxGrains(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<NodeOptions>().Bind(configuration.GetSection(NodeOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<JobOptions>().Bind(configuration.GetSection(JobOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SessionOptions>().Bind(configuration.GetSection(SessionOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<NodeDrain>();
        services.TryAddSingleton<NodeAdmission>();
        services.TryAddSingleton<NodeDirectory>();
        services.TryAddSingleton<INodes>(static provider => provider.GetRequiredService<NodeDirectory>());
        services.AddGrainService<NodeWord>();
        services.TryAddSingleton<IPlatform, NodePlatform>();
        services.AddTenantQuotas(configuration);
        services.AddSandboxPolicies(configuration);
        services.AddSandboxEgress(configuration);
        services.TryAddSingleton<IEgressLog, EgressAudit>();
        services.AddSandboxPackages(configuration);
        services.AddSandboxWebhooks(configuration);
        services.AddSandboxWorkflows(configuration);
        services.TryAddSingleton<PackageAudit>();
        services.TryAddSingleton<NodeEgress>();
        services.AddOptions<PackageInstallOptions>().Bind(configuration.GetSection(PackageInstallOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<PackageInstaller>();
        services.AddOptions<ArtifactOptions>().Bind(configuration.GetSection(ArtifactOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<IArtifactUploads, ArtifactUploads>();
        services.TryAddSingleton<JobInputs>();
        services.TryAddSingleton<NodeSecrets>();
        services.TryAddSingleton<JobArtifacts>();
        services.TryAddSingleton<JobRunner>();
        services.TryAddSingleton<JobInstruments>();
        services.TryAddSingleton<SessionAdmission>();
        services.TryAddSingleton<SuspendedWatch>();
        services.TryAddSingleton<SessionSandboxes>();
        services.TryAddSingleton<SandboxStore>();
        services.TryAddSingleton<ForkContents>();
        services.TryAddSingleton<ForeignSteps>();
        services.TryAddSingleton<SessionStarts>();
        services.TryAddSingleton<StepOverflow>();
        services.TryAddSingleton<SessionServices>();
        services.AddSandboxServices(configuration);
        services.TryAddSingleton<FileChecksums>();
        services.TryAddSingleton<ISessionFiles, SessionFiles>();
        services.TryAddSingleton<SandboxClaims>();
        services.TryAddSingleton<SandboxSweep>();
        services.TryAddSingleton<NodeTemplates>();
        services.TryAddSingleton<TemplateNews>();
        services.AddGrainService<NodeTemplateNews>();
        services.AddOptions<TemplateBuildOptions>().Bind(configuration.GetSection(TemplateBuildOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<TemplatePackages>();
        services.TryAddSingleton<TemplateWorkshop>();
        services.TryAddSingleton<TemplateIsolation>();
        services.TryAddSingleton<PackageLayerBuilder>();
        services.TryAddSingleton<TemplateMaking>();
        services.TryAddSingleton<ITemplateImports, TemplateImports>();
        services.TryAddSingleton<ICommandInput, CommandInputs>();
        services.TryAddSingleton<NodeTakeUp>();
        services.TryAddSingleton<NodeSuccession>();
        services.TryAddSingleton<NodeLifecycle>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeLifecycle>());
        services.AddHealthChecks().AddCheck<NodeHealthCheck>("node", tags: ["ready"]);
        return services;
    }
}
