using Microsoft.AspNetCore.Antiforgery;
using Sandbox.Api.Http;

namespace Sandbox.Api.Dashboard.Access;

/// <summary>
/// Lets a form act only where it came from a page of ours, shown to the same caller. A script sends the token as the header
/// <see cref="HeaderName"/>.
/// </summary>
internal sealed class FormCheck(IAntiforgery forms) : IEndpointFilter
{
    public const string HeaderName = "X-Form-Token";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        // Who signs in was nobody when the form was shown: it was checked before the credential was.
        var isSafe = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || SignIn.IsAttempt(http);
        return !isSafe && await FormTokens.Check(forms, http) is { } wrong ? wrong : await next(context);
    }
}
