using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Policies.Opa;
using Sandbox.Grains.Policies.Rules;

namespace Sandbox.Grains.Policies;

/// <summary>Registers the gate and its rules.</summary>
internal static class PoliciesRegistration
{
    /// <summary>Adds what decides who may run what. May be called more than once.</summary>
    public static IServiceCollection AddSandboxPolicies(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PlatformPolicyOptions>().Bind(configuration.GetSection(PlatformPolicyOptions.Section)).ValidateOnStart();
        services.AddOptions<OpaOptions>().Bind(configuration.GetSection(OpaOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<OpaClient>();
        services.TryAddSingleton<OpaRule>();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IValidateOptions<PlatformPolicyOptions>, PlatformPolicyValidation>(),
            ServiceDescriptor.Singleton<IValidateOptions<OpaOptions>, OpaOptionsValidation>(),
            ServiceDescriptor.Singleton<IPolicyRule, WithdrawnRule>(),
            ServiceDescriptor.Singleton<IPolicyRule, LanguagesRule>(),
            ServiceDescriptor.Singleton<IPolicyRule, TemplatesRule>(),
            ServiceDescriptor.Singleton<IPolicyRule, IsolationRule>(),
            ServiceDescriptor.Singleton<IPolicyRule, LimitsRule>(),
            ServiceDescriptor.Singleton<IPolicyRule, TtlRule>(),
            ServiceDescriptor.Singleton<IPolicyRule, PackagesRule>(),
            ServiceDescriptor.Singleton<IPolicyRule, SecretsRule>(),
            ServiceDescriptor.Singleton<IPolicyRule, ServicesRule>(),
            ServiceDescriptor.Singleton<IPolicyRule, ConcurrencyRule>(),
        ]);
        services.TryAddSingleton<PolicyRules>();
        services.TryAddSingleton<PolicyDocuments>();
        services.TryAddSingleton<NodePolicies>();
        services.TryAddSingleton<PermitSource>();
        services.TryAddSingleton<NodeOffer>();
        services.TryAddSingleton<PolicyEvaluator>();
        services.TryAddSingleton<PolicyNews>();
        services.AddGrainService<NodePolicyNews>();
        services.TryAddSingleton<PolicyWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<PolicyWatch>());
        services.TryAddSingleton<ServiceCounts>();
        services.TryAddSingleton<PolicyGate>();
        return services;
    }
}
