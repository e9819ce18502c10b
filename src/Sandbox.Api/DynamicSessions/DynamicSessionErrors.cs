using Sandbox.Api.Http;

namespace Sandbox.Api.DynamicSessions;

/// <summary>Errors as clients of dynamic sessions read them.</summary>
internal sealed class DynamicSessionErrors : IErrorShape
{
    public Task Write(HttpContext context, Problem problem)
    {
        var fields = problem.Errors is { Count: > 0 } errors
            ? string.Join(' ', errors.Select(static field => $"{field.Key}: {string.Join(' ', field.Value)}"))
            : problem.Detail ?? problem.Title;
        context.Response.StatusCode = problem.Status;
        return context.Response.WriteAsJsonAsync(
            new ErrorAnswer(new ErrorDetail(problem.Code, fields)), DynamicSessionsJson.Default.ErrorAnswer, "application/json", context.RequestAborted);
    }
}
