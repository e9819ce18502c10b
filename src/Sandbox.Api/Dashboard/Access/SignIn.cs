using Microsoft.Net.Http.Headers;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Dashboard.Access;

/// <summary>
/// Signing in and out. Who signs in is authenticated as for any other route, by <see cref="DashboardDoor"/> having put the
/// credential where routes have it: the handler is reached by good ones alone.
/// </summary>
internal static class SignIn
{
    public const string Path = "/sign-in";

    private const string CredentialField = "credential";
    private const string ReturnField = "return";

    // No token that is taken is longer.
    private const int LongestCredential = 16 * 1024;

    private static readonly Attempt Mark = new();

    public static void MapSignIn(this IEndpointRouteBuilder dashboard)
    {
        dashboard.MapGet(Path, Show).AllowAnonymous();
        dashboard.MapPost(Path, Enter).RequireAuthorization(ApiAuthentication.AnyRole).WithMetadata(Mark);
        dashboard.MapPost("/sign-out", Leave).RequireAuthorization(ApiAuthentication.AnyRole);
    }

    /// <summary>Whether a request shows a credential that was typed in.</summary>
    public static bool IsAttempt(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<Attempt>() is not null;

    /// <summary>What was typed in; empty where it cannot be a credential.</summary>
    public static string CredentialOf(IFormCollection form) =>
        form[CredentialField].ToString().Trim() is { Length: <= LongestCredential } text && text.All(static character => character is > ' ' and < '\x7f') ? text : string.Empty;

    /// <summary>Has whoever is not signed in do so, and come back.</summary>
    public static IResult Asked(HttpContext context)
    {
        var request = context.Request;
        var back = HttpMethods.IsGet(request.Method) ? request.Path + request.QueryString : DashboardMark.Path;
        // A challenge would have the browser ask by itself, in a window of its own.
        context.Response.Headers.Remove(HeaderNames.WWWAuthenticate);
        return Page.SeeOther($"{DashboardMark.Path}{Path}?{ReturnField}={Uri.EscapeDataString(back)}");
    }

    /// <summary>The form again, saying why it did not work.</summary>
    public static IResult Again(Problem problem) => Page.Of<SignInPage>(new { Problem = problem }, problem.Status);

    private static IResult Show(HttpContext context) =>
        Page.Of<SignInPage>(new { Return = LocalAddress.Of(context.Request.Query[ReturnField]) });

    private static IResult Enter(HttpContext context, SignInCookie cookie)
    {
        var form = context.Request.Form;
        cookie.SignIn(context, CredentialOf(form));
        return Page.SeeOther(LocalAddress.Of(form[ReturnField]));
    }

    private static IResult Leave(HttpContext context, SignInCookie cookie)
    {
        cookie.SignOut(context);
        return Page.SeeOther(DashboardMark.Path + Path);
    }

    private sealed class Attempt;
}
