using System.Buffers;
using Microsoft.Extensions.Options;
using Sandbox.Api.Dashboard.Layout;

namespace Sandbox.Api.Dashboard.Access;

/// <summary>What browsers are told of every answer of the dashboard, faults included.</summary>
internal sealed class PageHeaders(RequestDelegate next, IOptions<ApiOptions> api)
{
    /// <summary>
    /// Nothing but what this server sends, no code or style within pages, nobody's frame. Pictures may stand in the page: results of
    /// steps are shown so, as pictures, in which no script runs.
    /// </summary>
    private const string PagePolicy =
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; script-src";

    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]");

    private readonly string? _publicScripts = api.Value.PublicUrl is { } url ? ScriptsAt(url.GetLeftPart(UriPartial.Authority)) : null;

    public Task InvokeAsync(HttpContext context)
    {
        if (DashboardMark.Is(context))
            context.Response.OnStarting(() => Write(context));
        return next(context);
    }

    // Scripts are those of the program: other addresses here answer with what callers and sandboxes have made.
    private string PolicyOf(HttpRequest request)
    {
        var isPlain = request.Host.Value is { Length: > 0 } host && !host.AsSpan().ContainsAnyExcept(HostCharacters);
        return $"{PagePolicy} {(isPlain ? ScriptsAt($"{request.Scheme}://{request.Host}") : null)} {_publicScripts}".TrimEnd();
    }

    private static string ScriptsAt(string origin) => $"{origin}{DashboardAssets.Path}/";

    private Task Write(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = PolicyOf(context.Request);
        headers.Remove("blazor-enhanced-nav");
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
