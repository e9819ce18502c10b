using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>API keys, from <c>Authorization: Bearer</c> or <c>X-API-Key</c>.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    OperatorKey operatorKey) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string HeaderName = "X-API-Key";

    private const string Bearer = "Bearer ";

    // The same for every request of the operator, and never changed after it is made.
    private static readonly ClaimsPrincipal Operator = new(new ClaimsIdentity(
        [
            new Claim(CallerClaims.TenantId, WellKnownTenants.Default),
            new Claim(CallerClaims.AgentId, "operator"),
            new Claim(CallerClaims.Roles, Roles.Operator),
        ],
        SchemeName,
        CallerClaims.AgentId,
        CallerClaims.Roles));

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer realm=\"sandbox\"";
        return Task.CompletedTask;
    }

    private AuthenticateResult Authenticate()
    {
        if (PresentedKey() is not { Length: > 0 } key)
            return AuthenticateResult.NoResult();
        return operatorKey.Matches(key)
            ? AuthenticateResult.Success(new AuthenticationTicket(Operator, SchemeName))
            : AuthenticateResult.Fail("The key is not known.");
    }

    private string? PresentedKey()
    {
        if (Request.Headers.Authorization is [{ } authorization] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization[Bearer.Length..].Trim();
        return Request.Headers[HeaderName] is [{ } key] ? key : null;
    }
}
