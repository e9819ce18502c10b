using Microsoft.AspNetCore.Http.Features;
using Sandbox.Api.Services;

namespace Sandbox.Api.Ports;

/// <summary>
/// What of a request's target is the service's: all behind our own parts, as it was sent. It is never decoded or tidied up, so that what
/// the service reads is what its client wrote; and it only ever becomes a path, whatever it says.
/// </summary>
internal static class ProxiedTarget
{
    /// <summary>Path and query for the service; null where the target is of a form that servers are not asked in.</summary>
    public static string? Of(HttpContext context, int segments)
    {
        if (context.Features.Get<IHttpRequestFeature>()?.RawTarget is not ['/', ..] target)
            return null;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? target : target[..end];
        var query = end < 0 ? string.Empty : WithoutToken(target[end..]);
        var from = 0;
        for (var passed = 0; passed < segments; passed++)
        {
            from = path.IndexOf('/', from + 1);
            if (from < 0)
                return $"/{query}";
        }

        return path[from..] + query;
    }

    // A token in an address that was not taken from it is nothing for the service.
    private static string WithoutToken(string query)
    {
        if (!query.Contains(BrowserToken.Parameter, StringComparison.Ordinal))
            return query;
        var rest = string.Join('&', query[1..].Split('&').Where(static part => part.Split('=', 2)[0] != BrowserToken.Parameter));
        return rest.Length == 0 ? string.Empty : $"?{rest}";
    }
}
