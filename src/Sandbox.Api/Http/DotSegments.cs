using Microsoft.AspNetCore.Http.Features;

namespace Sandbox.Api.Http;

/// <summary>
/// Refuses addresses with the parts "." and "..", however they are written. The server would tidy them up and then serve
/// another address than the one that was asked for: a file's path would become that of its session.
/// </summary>
internal sealed class DotSegments(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        if (!HasDots(query < 0 ? target : target[..query]))
            return next(context);
        var errors = new RequestErrors();
        errors.Add("path", "Must not have the parts \".\" and \"..\".");
        return ProblemResult.From(errors).ExecuteAsync(context);
    }

    private static bool HasDots(string path) =>
        (path.Contains('.') || path.Contains("%2e", StringComparison.OrdinalIgnoreCase))
        && path.Split('/').Any(static part => Uri.UnescapeDataString(part) is "." or "..");
}
