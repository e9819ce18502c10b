using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sandbox.Api.Artifacts;
using Sandbox.Api.Audit;
using Sandbox.Api.Dashboard.Access;
using Sandbox.Api.Dashboard;
using Sandbox.Api.DynamicSessions;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.E2b.Sandboxes;
using Sandbox.Api.Events;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Health;
using Sandbox.Api.Http;
using Sandbox.Api.Jobs;
using Sandbox.Api.Mcp;
using Sandbox.Api.Mcp.Access;
using Sandbox.Api.Nodes;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Policies;
using Sandbox.Api.Ports;
using Sandbox.Api.Quotas;
using Sandbox.Api.Secrets;
using Sandbox.Api.Services;
using Sandbox.Api.Sessions;
using Sandbox.Api.Snapshots;
using Sandbox.Api.Telemetry;
using Sandbox.Api.Templates;
using Sandbox.Api.Tenants;
using Sandbox.Api.Webhooks;
using Sandbox.Api.Workflows;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api;

/// <summary>
/// The REST interface as a whole. Wants from the container: <c>IGrainFactory</c> and the ports <c>IPlatform</c>,
/// <c>IJobQueries</c>, <c>ISessionQueries</c>, <c>ISessionTokens</c>, <c>ISessionFiles</c>, <c>ICommandInput</c>, <c>IServiceQueries</c>, <c>IPortRoutes</c>, <c>ISnapshotQueries</c>, <c>IWorkflowQueries</c>,
/// <c>IWorkflowMemory</c> with <c>MemoryBounds</c>,
/// <c>ITemplateImports</c>, <c>ITenantStore</c>, <c>ITenantUsage</c>, <c>ITenantQuotas</c>, <c>IApiKeyStore</c>, <c>IPolicyStore</c>, <c>ISecretStore</c>,
/// <c>INodes</c>, <c>IAuditLog</c>, <c>IAuditQueries</c>, <c>IAuditFeed</c>, <c>IWebhooks</c>, <c>IArtifactStore</c>, <c>IArtifactUploads</c>, <c>IArtifactUrls</c> and <c>IResourceIndex</c>; every registered health check counts for readiness.
/// </summary>
public static class SandboxApi
{
    /// <summary>Registers what the routes need.</summary>
    public static IHostApplicationBuilder AddSandboxApi(this IHostApplicationBuilder builder)
    {
        // The framework's own lines quote addresses with their queries, which are the caller's data.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Yarp", LogLevel.Error);
        // It says of every form that answers to credentials are not to be stored anyway.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        var services = builder.Services;
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ArtifactUrlOptions>().BindConfiguration(ArtifactUrlOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelLimits>();
        // A waiting connection holds 4 KiB. To look first whether data is there would be one more system call for each 4 KiB of
        // an upload, and a tenth of its time.
        services.Configure<SocketTransportOptions>(static sockets => sockets.WaitForDataBeforeAllocatingBuffer = false);
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        services.AddExceptionHandler<FaultHandler>();
        services.AddHealthChecks();
        builder.AddApiAuthentication();
        services.AddSingleton<RequestBuckets>();
        services.AddSingleton<EventStreams>();
        services.AddSingleton<TenantRequests>();
        services.AddSingleton<KnownCredentials>();
        services.AddSingleton<UsageReading>();
        services.AddSingleton<KeysOfTenant>();
        services.AddSingleton<TenantRegister>();
        services.AddSingleton<PolicyTrial>();
        services.AddSingleton<LongPoll>();
        services.AddSingleton<ArtifactUrlIssue>();
        services.AddSingleton<MemoryWriting>();
        services.AddSingleton<SessionOpening>();
        services.TryAddSingleton<IPeers, NoPeers>();
        services.AddSingleton<Holder>();
        services.AddPorts();
        services.AddE2b();
        services.AddDynamicSessions();
        builder.AddMcpDoor();
        services.AddDashboard();
        services.AddApiDescription();
        builder.AddTelemetry();
        return builder;
    }

    /// <summary>Builds the pipeline and maps the routes.</summary>
    public static WebApplication MapSandboxApi(this WebApplication app)
    {
        app.Services.CheckAuthentication();

        app.UseExceptionHandler(static _ => { });
        app.UseStatusCodePages(StatusCodeProblems.Write);
        app.UseMiddleware<SandboxPlane>();
        app.UseMiddleware<PortHosts>();
        app.UseMiddleware<PageHeaders>();
        app.UseMiddleware<DotSegments>();
        app.UseMiddleware<HostCheck>();
        app.UseMiddleware<Challenge>();
        app.UseMiddleware<DashboardDoor>();
        app.UseMiddleware<StrangerLimit>();
        app.UseAuthentication();
        app.UseMiddleware<TenantRequestLimit>();
        app.UseAuthorization();
        app.UseMiddleware<CallerResolution>();
        app.UseMiddleware<McpRequests>();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(20), KeepAliveTimeout = TimeSpan.FromSeconds(20) });
        app.UseApiDescription();

        app.MapHealth();
        app.MapMetrics();
        app.MapApiDescription();
        app.MapMcpDoor();
        app.MapDashboard();

        var v1 = app.MapGroup("/v1");
        v1.MapJobs();
        v1.MapSessions();
        v1.MapServices();
        v1.MapPorts();
        v1.MapSnapshots();
        v1.MapWorkflows();
        v1.MapWorkflowMemory();
        v1.MapArtifacts();
        v1.MapTemplates();
        v1.MapPolicies();
        v1.MapSecrets();
        v1.MapTenants();
        v1.MapQuotas();
        v1.MapApiKeys();
        v1.MapNodes();
        v1.MapAudit();
        v1.MapEvents();
        v1.MapWebhooks();
        app.MapE2b();
        app.MapDynamicSessions();
        return app;
    }
}
