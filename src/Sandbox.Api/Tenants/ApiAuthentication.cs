using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>Credentials and what they open. A route that says nothing is closed to strangers.</summary>
internal static class ApiAuthentication
{
    /// <summary>Policy of routes that use sandboxes.</summary>
    public const string Use = "use";

    /// <summary>Policy of routes that change what a tenant's sandboxes can be.</summary>
    public const string Administer = "administer";

    /// <summary>Policy of routes for who runs the installation.</summary>
    public const string Operate = "operate";

    public static IServiceCollection AddApiAuthentication(this IServiceCollection services)
    {
        services.AddOptions<OperatorKeyOptions>().BindConfiguration(OperatorKeyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<OperatorKey>();
        // Not AddAuthentication, which brings data protection and so key files that nothing here uses.
        services.AddAuthenticationCore(static options => options.DefaultScheme = ApiKeyHandler.SchemeName);
        services.AddWebEncoders();
        new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Use, policy => policy.RequireRole(Roles.Operator, Roles.Admin, Roles.Member))
            .AddPolicy(Administer, policy => policy.RequireRole(Roles.Operator, Roles.Admin))
            .AddPolicy(Operate, policy => policy.RequireRole(Roles.Operator));
        return services;
    }
}
