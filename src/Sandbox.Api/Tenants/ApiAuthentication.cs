using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Services;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>Credentials and what they open. A route that says nothing is closed to strangers.</summary>
internal static class ApiAuthentication
{
    /// <summary>Policy of routes that use sandboxes.</summary>
    public const string Use = "use";

    /// <summary>Policy of what leads to a service: whoever uses sandboxes, and whoever shows a token of that service.</summary>
    public const string Reach = "reach";

    /// <summary>Policy of routes that change what a tenant's sandboxes can be, and who may use them.</summary>
    public const string Administer = "administer";

    /// <summary>Policy of routes for who runs the installation.</summary>
    public const string Operate = "operate";

    /// <summary>Policy of routes that read what was done.</summary>
    public const string ReadAudit = "read-audit";

    /// <summary>Policy of routes that tell a tenant of itself.</summary>
    public const string AnyRole = "any-role";

    /// <summary>Policy of what leads into a sandbox for clients of E2B's: whoever shows a token of that sandbox.</summary>
    public const string InSandbox = "in-sandbox";

    private const string AnyCredential = "Credential";

    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">The development bypass is set outside of Development.</exception>
    public static void AddApiAuthentication(this IHostApplicationBuilder builder)
    {
        DevelopmentBypass.Check(builder.Configuration, builder.Environment);
        var services = builder.Services;
        services.AddOptions<OperatorKeyOptions>().BindConfiguration(OperatorKeyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<CredentialOptions>().BindConfiguration(CredentialOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<OperatorKey>();
        services.AddSingleton<StoredKeys>();
        services.AddSingleton<OpenRequests>();
        services.AddHostedService(static provider => provider.GetRequiredService<OpenRequests>());
        services.AddSingleton<DevelopmentBypass>();
        services.AddSingleton<CredentialAudit>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler>(static provider => provider.GetRequiredService<CredentialAudit>());
        services.AddSchemes(TokenOptions.IsConfigured(builder.Configuration));
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Use, policy => policy.RequireRole(Roles.Operator, Roles.Admin, Roles.Member))
            .AddPolicy(Reach, policy => policy.RequireRole(Roles.Operator, Roles.Admin, Roles.Member, ServiceTokenHolder.Role))
            .AddPolicy(Administer, policy => policy.RequireRole(Roles.Operator, Roles.Admin))
            .AddPolicy(ReadAudit, policy => policy.RequireRole(Roles.Operator, Roles.Admin, Roles.Auditor))
            .AddPolicy(AnyRole, policy => policy.RequireRole(Roles.Operator, Roles.Admin, Roles.Member, Roles.Auditor))
            .AddPolicy(InSandbox, policy => policy.RequireRole(SandboxToken.Role))
            .AddPolicy(Operate, policy => policy.RequireRole(Roles.Operator));
    }

    /// <summary>Reads what can be wrong, so that it ends the start and not the first request.</summary>
    public static void CheckAuthentication(this IServiceProvider services)
    {
        _ = services.GetRequiredService<OperatorKey>();
        services.GetRequiredService<DevelopmentBypass>().Announce();
        if (TokenOptions.IsConfigured(services.GetRequiredService<IConfiguration>()))
            _ = services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(JwtBearerDefaults.AuthenticationScheme);
    }

    private static void AddSchemes(this IServiceCollection services, bool withTokens)
    {
        // Not AddAuthentication, which brings data protection and so key files that nothing here uses.
        services.AddAuthenticationCore(static options => options.DefaultScheme = AnyCredential);
        services.AddWebEncoders();
        var schemes = new AuthenticationBuilder(services);
        schemes.AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
        schemes.AddScheme<AuthenticationSchemeOptions, ServiceTokenHandler>(ServiceTokenHandler.SchemeName, null);
        schemes.AddScheme<AuthenticationSchemeOptions, SandboxTokenHandler>(SandboxTokenHandler.SchemeName, null);
        schemes.AddPolicyScheme(AnyCredential, null, options => options.ForwardDefaultSelector = context =>
            context.Features.Get<SandboxTarget>() is not null ? SandboxTokenHandler.SchemeName
            : ShownToken.Of(context) is not null ? ServiceTokenHandler.SchemeName
            : withTokens && BearerText.Of(context.Request) is { } bearer && BearerText.IsToken(bearer) ? JwtBearerDefaults.AuthenticationScheme : ApiKeyHandler.SchemeName);
        if (!withTokens)
            return;
        services.AddSingleton<IAuthenticationConfigurationProvider, SchemeSettings>();
        // Before the framework's own, which makes the connection to the issuer from what is set.
        services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, TokenOptions>();
        schemes.AddJwtBearer();
    }
}
