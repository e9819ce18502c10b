using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Sandbox.Grains.Workflows;

/// <summary>Registers workflows.</summary>
internal static class WorkflowsRegistration
{
    public static IServiceCollection AddSandboxWorkflows(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WorkflowOptions>().Bind(configuration.GetSection(WorkflowOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<AgentIdentities>();
        services.TryAddSingleton<WorkflowAdmission>();
        services.TryAddSingleton<WorkflowServices>();
        return services;
    }
}
