using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Telemetry;

/// <summary>Metrics for Prometheus, and traces and metrics for a collector where one is named.</summary>
internal static class TelemetrySetup
{
    private const string CollectorVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // A bound on what a mistake in a tag can cost.
    private const int SeriesPerMetric = 500;

    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("sandbox"))
            .WithMetrics(static metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddMeter("Sandbox.*", "Microsoft.Orleans", "System.Runtime")
                .AddView(static _ => new MetricStreamConfiguration { CardinalityLimit = SeriesPerMetric })
                .AddPrometheusExporter())
            .WithTracing(static traces => traces
                .AddAspNetCoreInstrumentation(static options => options.Filter = IsTraced)
                .AddSource("Sandbox.*", "Microsoft.Orleans.Application"));
        if (!string.IsNullOrEmpty(builder.Configuration[CollectorVariable]))
            telemetry.UseOtlpExporter();
    }

    /// <summary>Numbers tell how much an installation is used and by how many: for its operator.</summary>
    public static IEndpointConventionBuilder MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(ApiAuthentication.Operate).DisableRateLimiting().DisableHttpMetrics();

    private static bool IsTraced(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health") && !context.Request.Path.StartsWithSegments("/metrics");
}
