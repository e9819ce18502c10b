using Microsoft.AspNetCore.WebUtilities;
using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Api.Services;

/// <summary>The token of a browser, which can send no header of ours: first in the address, then as a cookie of the service's own host.</summary>
internal static class BrowserToken
{
    /// <summary>Name of the cookie. Services do not see it, and cannot set it.</summary>
    public const string Cookie = "sandbox_token";

    private const string Parameter = "sandbox_token";

    /// <summary>Makes a cookie of a token in the address, and sends the browser to the address without it; false where there is none.</summary>
    public static bool TakeFromAddress(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) || !request.QueryString.HasValue || request.Query[Parameter] is not [{ } token] || !ServiceTokenText.IsToken(token))
            return false;
        context.Response.Cookies.Append(Cookie, token, new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            Path = "/",
            SameSite = SameSiteMode.Lax,
            Secure = request.IsHttps,
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
}
