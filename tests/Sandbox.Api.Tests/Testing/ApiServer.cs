using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Lists;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Webhooks;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Testing.Secrets;
using Sandbox.Testing.Storage;

namespace Sandbox.Api.Tests.Testing;

/// <summary>The API on Kestrel, on a loopback port of its own.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    public const string Key = "sbx_a-key-that-only-the-tests-know";

    private readonly WebApplication _app;
    private readonly string _keyFile;

    private ApiServer(WebApplication app, string keyFile)
    {
        (_app, _keyFile) = (app, keyFile);
        Address = new Uri(app.Urls.Single());
        Client = NewClient();
    }

    public Uri Address { get; }

    /// <summary>A client with the operator's key.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public MemoryArtifactStore Artifacts => Services.GetRequiredService<MemoryArtifactStore>();

    public MemorySnapshotQueries Snapshots => Services.GetRequiredService<MemorySnapshotQueries>();

    public MemoryJobQueries Queries => Services.GetRequiredService<MemoryJobQueries>();

    public MemorySecretStore Secrets => Services.GetRequiredService<MemorySecretStore>();

    public MemoryAuditLog Audit => Services.GetRequiredService<MemoryAuditLog>();

    public MemoryAuditFeed Feed => Services.GetRequiredService<MemoryAuditFeed>();

    public RecordedLogs Logs => Services.GetRequiredService<RecordedLogs>();

    public static async Task<ApiServer> Start(
        GrainCluster cluster, Action<IServiceCollection>? configure = null, params (string Name, string Value)[] settings) =>
        await Start(cluster, "Production", configure, settings);

    public static async Task<ApiServer> Start(
        GrainCluster cluster, string environment, Action<IServiceCollection>? configure = null, params (string Name, string Value)[] settings)
    {
        var keyFile = NewKeyFile();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings.Select(static setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)));
        builder.Configuration["Authentication:OperatorKeyFile"] ??= keyFile;
        var logs = new RecordedLogs();
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.AddSandboxApi();
        builder.Services
            .AddSingleton(logs)
            .AddSingleton(cluster.Grains)
            .AddSingleton<IPlatform, TestPlatform>()
            .AddSingleton<MemoryJobQueries>().AddSingleton<IJobQueries>(static services => services.GetRequiredService<MemoryJobQueries>())
            .AddSingleton<ISessionTokens, PlainSessionTokens>()
            .AddSingleton<MemorySessionQueries>().AddSingleton<ISessionQueries>(static services => services.GetRequiredService<MemorySessionQueries>())
            .AddSingleton<MemoryServiceQueries>().AddSingleton<IServiceQueries>(static services => services.GetRequiredService<MemoryServiceQueries>())
            .AddSingleton<IPortRoutes, NoPortRoutes>()
            .AddSingleton<MemorySnapshotQueries>().AddSingleton<ISnapshotQueries>(static services => services.GetRequiredService<MemorySnapshotQueries>())
            .AddSingleton<MemoryWorkflowQueries>().AddSingleton<IWorkflowQueries>(static services => services.GetRequiredService<MemoryWorkflowQueries>())
            .AddSingleton<MemoryWorkflowMemory>().AddSingleton<IWorkflowMemory>(static services => services.GetRequiredService<MemoryWorkflowMemory>())
            .AddSingleton(new MemoryBounds(10, 100, 1000))
            .AddSingleton<MemorySessionFiles>().AddSingleton(static services => OfTheDefaultTenant<ISessionFiles>.Around(services.GetRequiredService<MemorySessionFiles>()))
            .AddSingleton<ScriptedImports>().AddSingleton<ITemplateImports>(static services => services.GetRequiredService<ScriptedImports>())
            .AddSingleton(OfTheDefaultTenant<ICommandInput>.Around(new MemoryCommandInput()))
            .AddSingleton<IPolicyStore>(cluster.Policies)
            .AddSingleton<MemorySecretStore>().AddSingleton<ISecretStore>(static services => services.GetRequiredService<MemorySecretStore>())
            .AddSingleton<MemoryResourceIndex>().AddSingleton<IResourceIndex>(static services => services.GetRequiredService<MemoryResourceIndex>())
            .AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>()
            .AddSingleton<ITenantStore, MemoryTenantStore>()
            .AddSingleton<INodes, MemoryNodes>()
            .AddSingleton<MemoryQuotas>()
            .AddSingleton<ITenantQuotas>(static services => services.GetRequiredService<MemoryQuotas>())
            .AddSingleton<ITenantUsage>(static services => services.GetRequiredService<MemoryQuotas>())
            .AddSingleton<MemoryAuditLog>()
            .AddSingleton<IAuditLog>(static services => services.GetRequiredService<MemoryAuditLog>())
            .AddSingleton<IAuditQueries>(static services => services.GetRequiredService<MemoryAuditLog>())
            .AddSingleton<MemoryAuditFeed>().AddSingleton<IAuditFeed>(static services => services.GetRequiredService<MemoryAuditFeed>())
            .AddSingleton<IWebhooks, MemoryWebhooks>()
            .AddSingleton<MemoryApiKeyStore>().AddSingleton<IApiKeyStore>(static services => services.GetRequiredService<MemoryApiKeyStore>())
            .AddSingleton<MemoryArtifactStore>().AddSingleton<IArtifactStore>(static services => services.GetRequiredService<MemoryArtifactStore>())
            .AddSingleton<IArtifactUploads>(static services => services.GetRequiredService<MemoryArtifactStore>())
            .AddSingleton<IArtifactUrls>(static services => services.GetRequiredService<MemoryArtifactStore>());
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapSandboxApi();
        await app.StartAsync();
        return new ApiServer(app, keyFile);
    }

    public HttpClient NewClient(string? key = Key)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        File.Delete(_keyFile);
    }

    public Task Stop() => _app.StopAsync();

    public static string NewKeyFile()
    {
        var path = Path.Combine(Path.GetTempPath(), $"operator-{Guid.NewGuid():N}.key");
        using var file = new StreamWriter(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.WriteLine(Key);
        return path;
    }
}
