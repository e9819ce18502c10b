using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Dashboard.Access;

/// <summary>
/// Stands before everything that looks at credentials. Refuses what pages of others send, and puts the credential of a signed-in
/// browser, or of somebody who signs in, where every other door has it: from there on the request is checked like any other.
/// </summary>
internal sealed class DashboardDoor(RequestDelegate next, SignInCookie cookie, IAntiforgery forms, IPeers peers, IOptions<ApiOptions> api)
{
    private readonly string? _publicOrigin = api.Value.PublicUrl?.GetLeftPart(UriPartial.Authority);

    public async Task InvokeAsync(HttpContext context)
    {
        if (!DashboardMark.Is(context))
        {
            await next(context);
            return;
        }

        // Of what another process has passed on it has seen that already; the request is not told there how it came in.
        if (!peers.IsFromPeer(context) && !IsFromHere(context.Request))
            await ProblemResult.Of(ProblemCodes.Forbidden, "The request comes from a page of another origin.").ExecuteAsync(context);
        else if (SignIn.IsAttempt(context) && await ShowAttempt(context) is { } wrong)
            await wrong.ExecuteAsync(context);
        else
        {
            ShowCookie(context);
            await next(context);
        }
    }

    // The very same origin: pages of other ports of this host are on the same site, and would bring the cookie along.
    private bool IsFromHere(HttpRequest request) => request.Headers.Origin switch
    {
        [] => request.Headers["Sec-Fetch-Site"] is not ["cross-site" or "same-site"] || HttpMethods.IsGet(request.Method),
        [{ } origin] => Same(origin, $"{request.Scheme}://{request.Host}") || Same(origin, _publicOrigin),
        _ => false,
    };

    private static bool Same(string origin, string? own) => origin.Equals(own, StringComparison.OrdinalIgnoreCase);

    private async Task<ProblemResult?> ShowAttempt(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
            return ProblemResult.Of(ProblemCodes.FormExpired);
        if (await FormTokens.Check(forms, context) is { } wrong)
            return wrong;
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        Show(context.Request, SignIn.CredentialOf(form), null);
        return null;
    }

    private void ShowCookie(HttpContext context)
    {
        var request = context.Request;
        var needsNone = context.GetEndpoint()!.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        if (needsNone || request.Headers.Authorization.Count > 0 || request.Headers.ContainsKey(ApiKeyHandler.HeaderName))
            return;
        if (cookie.Read(context) is { } signedIn)
            Show(request, signedIn.Credential, signedIn.Tenant);
    }

    private static void Show(HttpRequest request, string credential, string? tenant)
    {
        if (credential.Length > 0)
            request.Headers.Authorization = $"Bearer {credential}";
        if (tenant is not null)
            request.Headers[CallerResolution.TenantHeader] = tenant;
    }
}
