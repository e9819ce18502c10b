using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Grains.Webhooks;

/// <summary>Registers what sends events to webhooks.</summary>
internal static class WebhooksRegistration
{
    /// <summary>Adds <see cref="IWebhooks"/> and what it needs. May be called more than once.</summary>
    public static IServiceCollection AddSandboxWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WebhookOptions>().Bind(configuration.GetSection(WebhookOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidation>());
        services.TryAddSingleton<WebhookUrl>();
        services.TryAddSingleton<WebhookSender>();
        services.TryAddSingleton<WebhookBody>();
        services.TryAddSingleton<WebhookRun>();
        services.TryAddSingleton<IWebhooks, TenantWebhooks>();
        return services;
    }
}
