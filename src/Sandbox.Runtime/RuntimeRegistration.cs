using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sandbox.Runtime.Languages;
using Sandbox.Runtime.Oci;
using Sandbox.Runtime.Oci.Cgroups;
using Sandbox.Runtime.Oci.Checkpoints;
using Sandbox.Runtime.Pool;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime;

/// <summary>Registers the runtime of a node.</summary>
public static class RuntimeRegistration
{
    /// <summary>Adds <see cref="ISandboxRuntime"/> on OCI engines, and the warm pool. May be called more than once.</summary>
    public static IServiceCollection AddSandboxRuntime(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RuntimeOptions>().Bind(configuration.GetSection(RuntimeOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PoolOptions>().Bind(configuration.GetSection(PoolOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TemplateOptions>().Bind(configuration.GetSection(TemplateOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<LanguageOptions>().Configure(options => configuration.GetSection(LanguageOptions.Section).Bind(options.Languages));
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RuntimeInstruments>();
        services.TryAddSingleton<TemplateRegistry>();
        services.TryAddSingleton<ITemplateRoots, TemplateRoots>();
        services.TryAddSingleton<TemplateProbe>();
        services.TryAddSingleton<HostLayout>();
        services.TryAddSingleton<NodeProcesses>();
        services.TryAddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<RuntimeOptions>>().Value;
            return new IdRanges(provider.GetRequiredService<HostLayout>().IdRanges, options.FirstHostId, options.MaxSandboxes);
        });
        services.TryAddSingleton(_ => CgroupHost.Open(CgroupHost.Detect()));
        services.TryAddSingleton<SandboxStarter>();
        services.TryAddSingleton<EngineProbe>();
        services.TryAddSingleton<SandboxLocks>();
        services.TryAddSingleton<ImageStore>();
        services.TryAddSingleton<ImageReceiver>();
        services.TryAddSingleton<GroupLimits>();
        services.TryAddSingleton<Resumption>();
        services.TryAddSingleton<Checkpointer>();
        services.TryAddSingleton<MemoryProbe>();
        services.TryAddSingleton<Memories>();
        services.TryAddSingleton<ISandboxRuntime, OciRuntime>();
        services.TryAddSingleton<KernelStarter>();
        services.TryAddSingleton<SandboxPool>();
        return services;
    }
}
