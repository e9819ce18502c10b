using Microsoft.AspNetCore.Http.Features;

namespace Sandbox.Api.Output;

/// <summary>The answer as a stream of server-sent events.</summary>
internal static class ServerSentEvents
{
    /// <summary>Its media type.</summary>
    public const string ContentType = "text/event-stream";

    /// <summary>Says so in the headers, to proxies as well, and sends from then on what is written at once.</summary>
    public static void Begin(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    /// <summary>Ends when the client leaves or the server stops.</summary>
    public static CancellationTokenSource Lifetime(HttpContext context) => CancellationTokenSource.CreateLinkedTokenSource(
        context.RequestAborted, context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
}
