using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Sandbox.Api.Dashboard.Access;

/// <summary>What a browser is signed in with.</summary>
/// <param name="Credential">An API key or a token; empty where the development bypass needs none.</param>
/// <param name="Tenant">The tenant that an operator has entered; null for the credential's own.</param>
/// <param name="Until">When the cookie ends, whatever the credential says.</param>
internal sealed record SignedIn(string Credential, string? Tenant, DateTimeOffset Until);

/// <summary>
/// The credential of a browser, encrypted. Nothing is remembered here: each request is authenticated by what is in it, so that
/// a revoked key or an expired token opens nothing from then on.
/// </summary>
internal sealed class SignInCookie(IDataProtectionProvider protection, TimeProvider time, IOptions<ApiOptions> api)
{
    public const string Name = "sandbox-sign-in";

    private const char Separator = '\n';

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    // A token can be longer than a cookie.
    private readonly ChunkingCookieManager _cookies = new() { ThrowForPartialCookies = false };
    private readonly IDataProtector _protector = protection.CreateProtector("sandbox.dashboard.sign-in.1");

    /// <summary>What the browser shows; null where that is nothing, or nothing any more.</summary>
    public SignedIn? Read(HttpContext context)
    {
        if (_cookies.GetRequestCookie(context, Name) is not { Length: > 0 } text)
            return null;
        try
        {
            return Parse(_protector.Unprotect(text)) is { } signedIn && time.GetUtcNow() < signedIn.Until ? signedIn : null;
        }
        catch (CryptographicException)
        {
            // Cut, made up, or of keys that are gone.
            return null;
        }
    }

    public void SignIn(HttpContext context, string credential) => Write(context, new SignedIn(credential, null, time.GetUtcNow() + Lifetime));

    /// <summary>Has an operator enter another tenant, for as long as the browser is signed in anyway.</summary>
    public void Enter(HttpContext context, string? tenant) =>
        Write(context, (Read(context) ?? new SignedIn(string.Empty, null, time.GetUtcNow() + Lifetime)) with { Tenant = tenant });

    public void SignOut(HttpContext context) => _cookies.DeleteCookie(context, Name, Options(context));

    /// <summary>How cookies of the dashboard are set: for no other page, no script and no other door.</summary>
    public CookieOptions Options(HttpContext context) => new()
    {
        Path = DashboardMark.Path,
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps || api.Value.PublicUrl?.Scheme == Uri.UriSchemeHttps,
        IsEssential = true,
    };

    private void Write(HttpContext context, SignedIn signedIn)
    {
        var options = Options(context);
        options.Expires = signedIn.Until;
        var text = string.Join(Separator, signedIn.Until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), signedIn.Tenant, signedIn.Credential);
        _cookies.AppendResponseCookie(context, Name, _protector.Protect(text), options);
    }

    private static SignedIn? Parse(string text) =>
        text.Split(Separator, 3) is [var until, var tenant, var credential] && long.TryParse(until, CultureInfo.InvariantCulture, out var seconds)
            ? new SignedIn(credential, tenant.Length > 0 ? tenant : null, DateTimeOffset.FromUnixTimeSeconds(seconds))
            : null;
}
