using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sandbox.Egress.Dialing;
using Sandbox.Egress.Outward;
using Sandbox.Egress.Proxy;
using Sandbox.Egress.Rules;
using Sandbox.Egress.Tls;

namespace Sandbox.Egress;

/// <summary>Registers the way out of a node's sandboxes.</summary>
public static class EgressRegistration
{
    /// <summary>Adds <see cref="IEgressBroker"/>. An <see cref="Records.IEgressLog"/> is registered by who keeps the record.</summary>
    public static IServiceCollection AddSandboxEgress(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EgressOptions>().Bind(configuration.GetSection(EgressOptions.Section)).ValidateDataAnnotations()
            .Validate(
                options => options.SpecialRanges.All(text => EgressAddress.ParseRange(text) is not null),
                $"{EgressOptions.Section}:{nameof(EgressOptions.SpecialRanges)}: each must be a range of addresses, such as 10.1.0.0/16.")
            .Validate(
                options => options.AuthoritiesFile is null || File.Exists(options.AuthoritiesFile),
                $"{EgressOptions.Section}:{nameof(EgressOptions.AuthoritiesFile)}: there is no such file.")
            .ValidateOnStart();
        services.AddMetrics();
        services.AddHttpForwarder();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<EgressInstruments>();
        services.TryAddSingleton<IEgressResolver, SystemResolver>();
        services.TryAddSingleton<NodeAddresses>();
        services.TryAddSingleton(provider => new EgressDialer(
            provider.GetRequiredService<IEgressResolver>(),
            provider.GetRequiredService<NodeAddresses>().Read,
            [.. provider.GetRequiredService<IOptions<EgressOptions>>().Value.SpecialRanges.Select(text => EgressAddress.ParseRange(text)!.Value)],
            TimeSpan.FromSeconds(provider.GetRequiredService<IOptions<EgressOptions>>().Value.ConnectTimeoutSeconds),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<OutwardAuthorities>();
        services.TryAddSingleton<OutwardTls>();
        services.TryAddSingleton<IOutwardDialer, OutwardDialer>();
        services.TryAddSingleton<ForwardedRequests>();
        services.TryAddSingleton<HttpProxy>();
        services.TryAddSingleton<IEgressBroker, EgressBroker>();
        return services;
    }
}
