using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.E2b.Routing;

/// <summary>Tokens of sandboxes. Who shows one is in the sandbox's tenant, with a role that opens nothing but that sandbox.</summary>
internal sealed class SandboxTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, SandboxTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "SandboxToken";

    private const string Agent = "e2b";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.Features.Get<SandboxTarget>() is not { Session: { } session } target || SandboxToken.Of(Context) is not { } text)
            return AuthenticateResult.NoResult();
        var use = target.Port == SandboxTarget.Envd ? SandboxToken.Access : SandboxToken.Traffic;
        if (await tokens.Check(text, session, use, Context.RequestAborted) is not { } tenant)
            return AuthenticateResult.Fail("The token does not open this sandbox.");
        var caller = new Caller(tenant, Agent, SandboxToken.Role);
        return AuthenticateResult.Success(new AuthenticationTicket(CallerClaims.ToPrincipal(caller, SchemeName), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
