using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Http;

namespace Sandbox.Api.Dashboard.Access;

/// <summary>Marks the routes of the dashboard, and tells their errors as pages.</summary>
internal sealed class DashboardMark : IErrorShape
{
    public const string Path = "/dashboard";

    public static readonly DashboardMark Instance = new();

    private DashboardMark()
    {
    }

    public static bool Is(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<DashboardMark>() is not null;

    public Task Write(HttpContext context, Problem problem)
    {
        if (SignIn.IsAttempt(context))
            return SignIn.Again(problem).ExecuteAsync(context);
        // Scripts want to know what became of a request, and cannot read a page.
        if (!IsForPeople(context.Request))
            return context.Response.WriteAsJsonAsync(problem, ApiJson.Default.Problem, "application/problem+json", context.RequestAborted);
        return problem.Status == StatusCodes.Status401Unauthorized
            ? SignIn.Asked(context).ExecuteAsync(context)
            : Page.Of<ErrorPage>(new { Problem = problem }, problem.Status).ExecuteAsync(context);
    }

    private static bool IsForPeople(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
