using Microsoft.AspNetCore.Diagnostics;

namespace Sandbox.Api.Http;

/// <summary>Gives a body to what the framework answers with a bare status: unknown routes, methods, credentials.</summary>
internal static class StatusCodeProblems
{
    public static Task Write(StatusCodeContext context)
    {
        var http = context.HttpContext;
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : ProblemResult.Of(ProblemCodes.ForStatus(http.Response.StatusCode)).ExecuteAsync(http);
    }
}
