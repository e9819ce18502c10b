using Sandbox.Api.Dashboard.Access;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Dashboard.Layout;

/// <summary>Light or dark, where somebody has chosen; else as the system has it. Kept in a cookie, so that pages come in it from the first byte.</summary>
internal static class Theme
{
    public const string Light = "light";
    public const string Dark = "dark";

    private const string CookieName = "sandbox-theme";

    public static void MapTheme(this IEndpointRouteBuilder dashboard) =>
        dashboard.MapPost("/theme", Choose).RequireAuthorization(ApiAuthentication.AnyRole);

    /// <summary>What was chosen; null where nothing was.</summary>
    public static string? Of(HttpRequest request) => request.Cookies[CookieName] is (Light or Dark) and var chosen ? chosen : null;

    private static async Task<IResult> Choose(HttpContext context, SignInCookie cookie, TimeProvider time)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var options = cookie.Options(context);
        if (form["theme"].ToString() is (Light or Dark) and var chosen)
        {
            options.Expires = time.GetUtcNow().AddYears(1);
            context.Response.Cookies.Append(CookieName, chosen, options);
        }
        else
            context.Response.Cookies.Delete(CookieName, options);
        return Page.SeeOther(LocalAddress.Of(form["return"]));
    }
}
