using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using CheckStatus = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;

namespace Sandbox.Api.Health;

/// <summary>The routes under <c>/health</c>, open to everybody.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(5);

    public static RouteGroupBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Operation").AllowAnonymous().DisableHttpMetrics();
        health.MapGet("/live", Live).DescribeLive();
        health.MapGet("/ready", Ready).DescribeReady();
        return health;
    }

    // Says that the process answers; what it depends on is the other route's business.
    private static Ok<HealthStatus> Live() => TypedResults.Ok(new HealthStatus { Status = "live" });

    private static async Task<Results<Ok<HealthStatus>, ProblemResult>> Ready(
        HealthCheckService checks, IHostApplicationLifetime lifetime, TimeProvider time, CancellationToken gone)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return ProblemResult.NotReady(new Dictionary<string, string> { ["lifetime"] = "The server is stopping." });
        using var deadline = new CancellationTokenSource(LongestCheck, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, deadline.Token);
        try
        {
            return Answer(await checks.CheckHealthAsync(either.Token));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return ProblemResult.NotReady(new Dictionary<string, string> { ["deadline"] = "The checks did not end in time." });
        }
    }

    private static Results<Ok<HealthStatus>, ProblemResult> Answer(HealthReport report)
    {
        var failed = report.Entries.Where(static check => check.Value.Status == CheckStatus.Unhealthy)
            .ToDictionary(static check => check.Key, static check => Explain(check.Value));
        if (failed.Count > 0)
            return ProblemResult.NotReady(failed);
        return TypedResults.Ok(new HealthStatus
        {
            Status = "ready",
            Checks = report.Entries.ToDictionary(static check => check.Key, static check => check.Value.Status.ToString().ToLowerInvariant()),
        });
    }

    // The text of an exception that escaped a check is for the log, not for strangers.
    private static string Explain(HealthReportEntry check) =>
        check.Description is { } text && text != check.Exception?.Message ? text : "failed";
}
