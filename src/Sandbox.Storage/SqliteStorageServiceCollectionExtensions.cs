using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Hosting;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Lists;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Webhooks;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Storage.Artifacts;
using Sandbox.Storage.Artifacts.Blobs;
using Sandbox.Storage.Audit;
using Sandbox.Storage.Encryption;
using Sandbox.Storage.Encryption.KeyManagement;
using Sandbox.Storage.Encryption.SignIns;
using Sandbox.Storage.GrainState;
using Sandbox.Storage.Health;
using Sandbox.Storage.Jobs;
using Sandbox.Storage.Lists;
using Sandbox.Storage.Migrations;
using Sandbox.Storage.Nodes;
using Sandbox.Storage.Output;
using Sandbox.Storage.Policies;
using Sandbox.Storage.Quotas;
using Sandbox.Storage.Secrets;
using Sandbox.Storage.Services;
using Sandbox.Storage.Sessions;
using Sandbox.Storage.Snapshots;
using Sandbox.Storage.Sqlite;
using Sandbox.Storage.Templates;
using Sandbox.Storage.Tenants;
using Sandbox.Storage.Webhooks;
using Sandbox.Storage.Workflows;

namespace Sandbox.Storage;

/// <summary>Registers storage on the local disk.</summary>
public static class SqliteStorageServiceCollectionExtensions
{
    /// <summary>Name of the health check, tagged <c>ready</c>.</summary>
    public const string HealthCheckName = "storage";

    /// <summary>Name of the grain storage.</summary>
    public const string GrainStorageName = "Default";

    /// <summary>
    /// Adds grain storage, lists, steps, output, artifacts, migrations at start and a health check. Calling it again
    /// only adds configuration. Reminders and membership: see <see cref="SqliteOrleansDataSource"/>.
    /// </summary>
    public static IServiceCollection AddSandboxSqliteStorage(this IServiceCollection services, Action<SqliteStorageOptions> configure)
    {
        services.AddOptions<SqliteStorageOptions>().Configure(configure).ValidateDataAnnotations().ValidateOnStart();
        if (services.Any(service => service.ServiceType == typeof(SqliteDatabases)))
            return services;

        services.TryAddSingleton(TimeProvider.System);
        services.AddDatabases();
        services.AddGrainStorage(GrainStorageName, (provider, _) => ActivatorUtilities.CreateInstance<SqliteGrainStorage>(provider));
        services.AddSingleton<GrainStateJson>();
        services.AddSingleton<ListReader>();
        services.AddSingleton<IResourceIndex, SqliteResourceIndex>();
        services.AddSingleton<IJobQueries, SqliteJobQueries>();
        services.AddSingleton<ISessionQueries, SqliteSessionQueries>();
        services.AddSingleton<ISessionTokens, SessionTokens>();
        services.AddSingleton<IServiceQueries, SqliteServiceQueries>();
        services.AddSingleton<ISnapshotQueries, SqliteSnapshotQueries>();
        services.AddSingleton<IWorkflowQueries, SqliteWorkflowQueries>();
        services.AddSingleton<IWorkflowMemory, SqliteWorkflowMemory>();
        services.AddSingleton<IStepStore, SqliteStepStore>();
        services.AddSingleton<IOutputStore, SqliteOutputStore>();
        services.AddEncryption();
        services.AddSignInKeys();
        services.AddSingleton<ITemplateStore, SqliteTemplateStore>();
        services.AddSingleton<ITenantStore, SqliteTenantStore>();
        services.AddSingleton<ITenantUsage, SqliteTenantUsage>();
        services.AddSingleton<IApiKeyStore, SqliteApiKeyStore>();
        services.AddSingleton<IAuditLog, SqliteAuditLog>();
        services.AddSingleton<IAuditQueries, SqliteAuditQueries>();
        services.AddSingleton<IAuditFeed, SqliteAuditFeed>();
        services.AddSingleton<IWebhookStore, SqliteWebhookStore>();
        services.AddSingleton<INodeStore, SqliteNodeStore>();
        services.AddSingleton<IPolicyStore, SqlitePolicyStore>();
        services.AddSingleton<SecretCipher>();
        services.AddSingleton<ISecretStore, SqliteSecretStore>();
        services.AddArtifacts();
        services.AddHealthChecks().AddCheck<SqliteHealthCheck>(HealthCheckName, HealthStatus.Unhealthy, ["ready"]);
        return services;
    }

    private static void AddDatabases(this IServiceCollection services)
    {
        services.AddSingleton<SqliteDatabases>();
        services.AddSingleton(provider => provider.GetRequiredService<SqliteDatabases>().Main);
        services.AddSingleton(provider => new SqliteOrleansDataSource(provider.GetRequiredService<SqliteDatabases>().Orleans));
        services.AddSingleton<AppendSignals>();
        services.AddSingleton<SqliteWriter>();
        services.AddSingleton<SqliteReaders>();
        services.AddSingleton<SqliteMigrator>();
        services.AddSingleton<IHostedService, MigrateAtStart>();
    }

    private static void AddEncryption(this IServiceCollection services)
    {
        services.AddOptions<VaultOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<VaultOptions>, VaultOptionsValidation>();
        services.AddSingleton<IKeyManagement, VaultKeyManagement>();
        services.AddSingleton<MasterKey>();
        services.AddSingleton<TenantKeys>();
        services.AddSingleton<SealedBytes>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<TenantKeys>());
    }

    // After the keys that they are encrypted with, before whoever would make some without waiting for another process that does.
    private static void AddSignInKeys(this IServiceCollection services)
    {
        services.AddSingleton<IHostedService, SignInKeysStart>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, SignInKeys>();
        services.AddDataProtection().SetApplicationName("sandbox");
    }

    private static void AddArtifacts(this IServiceCollection services)
    {
        services.AddOptions<ArtifactStoreOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider =>
            new ArtifactFiles(provider.GetRequiredService<IOptions<SqliteStorageOptions>>().Value.ArtifactDirectory));
        services.AddSingleton<IArtifactBytes, LocalArtifactBytes>();
        services.AddSingleton<IArtifactBytes, AzureArtifactBytes>();
        services.AddSingleton<ArtifactPlaces>();
        services.AddSingleton<IArtifactStore, ArtifactStore>();
        services.AddSingleton<IArtifactUrls, ArtifactUrls>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ArtifactPlaces>());
        services.AddSingleton<IHostedService, ArtifactSweep>();
    }
}
