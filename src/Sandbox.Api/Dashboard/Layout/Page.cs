using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Sandbox.Api.Dashboard.Layout;

/// <summary>Answers of the dashboard's routes.</summary>
internal static class Page
{
    /// <summary>A page, written whole.</summary>
    /// <param name="parameters">Its parameters, by their names.</param>
    /// <param name="status">The status.</param>
    public static IResult Of<TPage>(object? parameters = null, int status = StatusCodes.Status200OK)
        where TPage : IComponent =>
        new RazorComponentResult<TPage>(parameters ?? new object()) { StatusCode = status, PreventStreamingRendering = true };

    /// <summary>Goes on to another page: what was posted is done, and not done again when that one is loaded anew.</summary>
    public static IResult SeeOther(string address) => new Elsewhere(address);

    private sealed class Elsewhere(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }
}
