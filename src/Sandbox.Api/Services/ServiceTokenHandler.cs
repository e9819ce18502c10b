using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Sandbox.Api.Ports;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Services;

/// <summary>Tokens of services. Who shows one is in the service's tenant, with a role that opens nothing but that service.</summary>
internal sealed class ServiceTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IGrainFactory grains)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ServiceToken";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (ShownToken.Of(Context) is not { } text || PortDoor.Of(Context)?.Service is not { } service)
            return AuthenticateResult.NoResult();
        if (!ServiceTokenText.IsToken(text))
            return AuthenticateResult.Fail("What is shown is no token.");
        var holder = await grains.GetGrain<IServiceGrain>(service.ToString()).FindToken(ServiceTokenText.HashOf(text), Context.RequestAborted);
        if (holder is null)
            return AuthenticateResult.Fail("The token is not known, or not any more.");
        Context.Features.Set(holder);
        var caller = new Caller(holder.TenantId, holder.AgentId, ServiceTokenHolder.Role);
        return AuthenticateResult.Success(new AuthenticationTicket(CallerClaims.ToPrincipal(caller, SchemeName, expiresAt: holder.ExpiresAt), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer realm=\"sandbox\"";
        return Task.CompletedTask;
    }
}
