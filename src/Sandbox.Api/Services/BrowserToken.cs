using Microsoft.AspNetCore.WebUtilities;
using Sandbox.Grains.Abstractions.Services;
using Microsoft.Extensions.Options;

namespace Sandbox.Api.Services;

/// <summary>The token of a browser, which can send no header of ours: first in the address, then as a cookie of the service's own host.</summary>
internal static class BrowserToken
{
    private const string Plain = "sandbox_token";

    // With TLS: a name that browsers let no other host, and no program on one, set.
    private const string OfHost = "__Host-" + Plain;

    /// <summary>The parameter of an address.</summary>
    public const string Parameter = "sandbox_token";

    /// <summary>Whether a cookie is called as ours are. Services do not see such ones, and cannot set them.</summary>
    public static bool IsCookie(string name) => name.Equals(Plain, StringComparison.OrdinalIgnoreCase) || name.Equals(OfHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>The token in a request's cookie; null where there is none, or where a page of another origin has sent it.</summary>
    public static string? OfCookie(HttpContext context) =>
        context.Request.Cookies[IsSecure(context) ? OfHost : Plain] is { } token && IsOwnDoing(context.Request) ? token : null;

    /// <summary>Makes a cookie of a token in the address, and sends the browser to the address without it; false where there is none.</summary>
    public static bool TakeFromAddress(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) || !request.QueryString.HasValue || request.Query[Parameter] is not [{ } token] || !ServiceTokenText.IsToken(token))
            return false;
        var isSecure = IsSecure(context);
        context.Response.Cookies.Append(isSecure ? OfHost : Plain, token, new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            Path = "/",
            SameSite = SameSiteMode.Lax,
            Secure = isSecure,
        });
        var rest = request.Query.Where(static entry => entry.Key != Parameter).SelectMany(static entry => entry.Value, static (entry, value) => KeyValuePair.Create(entry.Key, value));
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        // A path that begins with two slashes would be another host's.
        var path = $"/{request.Path.ToUriComponent().TrimStart('/')}";
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = QueryHelpers.AddQueryString(path, rest);
        return true;
    }

    // TLS may end before this server: then the address that clients use says so.
    private static bool IsSecure(HttpContext context) => context.Request.IsHttps
        || context.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.PublicUrl?.Scheme == Uri.UriSchemeHttps;

    // Services are of one site, so that their pages can have a browser send each other's cookies. Opening a page is no harm.
    private static bool IsOwnDoing(HttpRequest request)
    {
        if (request.Headers.Origin is { Count: > 0 } origin
            && !(origin is [{ } text] && Uri.TryCreate(text, UriKind.Absolute, out var from) && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)))
            return false;
        return request.Headers["Sec-Fetch-Site"] is [] or ["same-origin"] or ["none"]
            || (HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] is ["navigate"] && request.Headers["Sec-Fetch-Dest"] is ["document"]);
    }
}
