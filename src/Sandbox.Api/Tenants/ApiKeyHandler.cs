using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>API keys, from <c>Authorization: Bearer</c> or <c>X-API-Key</c>.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    OperatorKey operatorKey,
    StoredKeys storedKeys,
    DevelopmentBypass bypass) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string HeaderName = "X-API-Key";

    // The same for every request of the operator, and never changed after it is made.
    private static readonly ClaimsPrincipal Operator =
        CallerClaims.ToPrincipal(new Caller(WellKnownTenants.Default, "operator", Roles.Operator), SchemeName);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (PresentedKey() is not { Length: > 0 } key)
            return await WithoutKey();
        if (operatorKey.Matches(key))
            return Good(Operator);
        return await storedKeys.Find(key, Context.RequestAborted) is { } stored
            ? Good(CallerClaims.ToPrincipal(new Caller(stored.TenantId, stored.AgentId, stored.Role, stored.Policy), SchemeName, stored.Id, stored.ExpiresAt))
            : AuthenticateResult.Fail("The key is not known, or not any more.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer realm=\"sandbox\"";
        return Task.CompletedTask;
    }

    private static AuthenticateResult Good(ClaimsPrincipal principal) => AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));

    private async Task<AuthenticateResult> WithoutKey()
    {
        var needsNone = Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        var triedOne = Request.Headers.Authorization.Count > 0 || Request.Headers.ContainsKey(HeaderName);
        return !needsNone && !triedOne && await bypass.Admit(Context) is { } developer
            ? Good(CallerClaims.ToPrincipal(developer, SchemeName))
            : AuthenticateResult.NoResult();
    }

    private string? PresentedKey()
    {
        if (BearerText.Of(Request) is { } bearer)
            return bearer;
        return Request.Headers[HeaderName] is [{ } key] ? key : null;
    }
}
