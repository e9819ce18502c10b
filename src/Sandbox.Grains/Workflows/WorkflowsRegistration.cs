using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Workflows.Memory;

namespace Sandbox.Grains.Workflows;

/// <summary>Registers workflows.</summary>
internal static class WorkflowsRegistration
{
    public static IServiceCollection AddSandboxWorkflows(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WorkflowOptions>().Bind(configuration.GetSection(WorkflowOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<WorkflowOptions>>().Value.MemoryBounds);
        services.TryAddSingleton<AgentIdentities>();
        services.TryAddSingleton<WorkflowAdmission>();
        services.TryAddSingleton<WorkflowServices>();
        services.TryAddSingleton<MemoryGateway>();
        return services;
    }
}
