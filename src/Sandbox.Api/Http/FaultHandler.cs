using Microsoft.AspNetCore.Diagnostics;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace Sandbox.Api.Http;

/// <summary>Turns exceptions into problem documents; nothing of an exception's text reaches a client.</summary>
internal sealed partial class FaultHandler(ILogger<FaultHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }
        await Answer(httpContext, exception).ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>True for faults of the cluster that pass: the answer is to try again.</summary>
    public static bool IsTransient(Exception exception) => exception
        is SiloUnavailableException or TimeoutException or OrleansMessageRejectionException or ConnectionFailedException or GatewayTooBusyException;

    private ProblemResult Answer(HttpContext context, Exception exception)
    {
        if (exception is BadHttpRequestException bad)
            return ProblemResult.Of(ProblemCodes.ForStatus(bad.StatusCode));
        if (IsTransient(exception))
        {
            LogUnavailable(context.Request.Method, Route(context), exception.GetType().Name);
            return ProblemResult.Fault(context, ProblemCodes.Unavailable);
        }
        LogFault(exception, context.Request.Method, Route(context));
        return ProblemResult.Fault(context, ProblemCodes.InternalError);
    }

    // The template, not the path: a path is what a stranger wrote.
    private static string Route(HttpContext context) =>
        (context.Features.Get<IExceptionHandlerFeature>()?.Endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "unknown";
}
