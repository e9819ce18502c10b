namespace Sandbox.Api.Dashboard.Access;

/// <summary>What browsers are told of every answer of the dashboard, faults included.</summary>
internal sealed class PageHeaders(RequestDelegate next)
{
    /// <summary>
    /// Nothing but what this server sends, no code or style within pages, nobody's frame. Pictures may stand in the page: results of
    /// steps are shown so, as pictures, in which no script runs.
    /// </summary>
    private const string PagePolicy =
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        if (DashboardMark.Is(context))
            context.Response.OnStarting(Write, context);
        return next(context);
    }

    private static Task Write(object state)
    {
        var headers = ((HttpContext)state).Response.Headers;
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = PagePolicy;
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
