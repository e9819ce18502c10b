using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Hosting;
using Sandbox.Grains;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Quotas;
using Sandbox.Grains.Sessions;
using Sandbox.Packages;
using Sandbox.Runtime;
using Sandbox.Runtime.Pool;
using Sandbox.Storage;
using Sandbox.Storage.Artifacts;
using Sandbox.Storage.Encryption.KeyManagement;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Silo;

/// <summary>The silo inside of the API's process: one machine, SQLite, the local file system.</summary>
public static class EmbeddedSilo
{
    private const string ClusterId = "sandbox";
    private const string PackageCache = $"{PackageOptions.Section}:{nameof(PackageOptions.CacheDirectory)}";

    /// <summary>
    /// Takes the data folder and registers a silo on it. Sets the configuration that follows from the folder: the file
    /// of the operator's key, the name of this installation on the host, the agent's folder.
    /// </summary>
    /// <exception cref="IOException">Another server holds the data folder.</exception>
    public static DataFolder AddEmbeddedSilo(this IHostApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(EmbeddedOptions.Section).Get<EmbeddedOptions>() ?? new EmbeddedOptions();
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var folder = DataFolder.Open(options.DataDirectory, options.Member);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Authentication:OperatorKeyFile"] = folder.OperatorKeyFile,
            [$"{RuntimeOptions.Section}:{nameof(RuntimeOptions.Instance)}"] = folder.Instance,
            [$"{RuntimeOptions.Section}:{nameof(RuntimeOptions.AgentDirectory)}"] = Path.GetFullPath(options.AgentDirectory),
            [PackageCache] = builder.Configuration[PackageCache] ?? Path.Combine(folder.Root, "packages"),
        });
        builder.Services.AddSingleton(folder);
        builder.Services.AddOptions<EmbeddedOptions>().BindConfiguration(EmbeddedOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSandboxSqliteStorage(storage =>
        {
            builder.Configuration.GetSection(SqliteStorageOptions.Section).Bind(storage);
            storage.DataDirectory = folder.Root;
        });
        builder.Services.AddOptions<VaultOptions>().BindConfiguration(VaultOptions.Section);
        builder.Services.AddOptions<ArtifactStoreOptions>().BindConfiguration(ArtifactStoreOptions.Section);
        builder.Services.AddSandboxRuntime(builder.Configuration);
        builder.UseOrleans(silo => ConfigureSilo(silo, folder, options));
        builder.Services.AddHostedService<DepartedMembers>();
        // After the silo: the node takes up its work through grains.
        builder.Services.AddSandboxGrains(builder.Configuration);
        Share(builder.Services, options.Members);
        return folder;
    }

    // Each member offers its part, also while another one is down: what that one ran has come to it.
    private static void Share(IServiceCollection services, int members)
    {
        services.PostConfigure<NodeOptions>(node =>
        {
            node.Slots = Math.Max(1, node.Slots / members);
            node.MemoryBytes /= members;
        });
        services.PostConfigure<SessionOptions>(sessions => sessions.MaxPerNode = Math.Max(1, sessions.MaxPerNode / members));
        services.PostConfigure<QuotaOptions>(quotas => quotas.Processes = members);
        services.PostConfigure<PoolOptions>(pool => pool.MemoryBudgetBytes /= members);
    }

    private static void ConfigureSilo(ISiloBuilder silo, DataFolder folder, EmbeddedOptions options)
    {
        var (siloPort, gatewayPort) = folder.SiloPorts();
        silo.Configure<SiloOptions>(options => options.SiloName = folder.SiloName);
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (ClusterId, ClusterId));
        silo.ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort, listenOnAnyHostAddress: false);
        silo.Configure<ClusterMembershipOptions>(membership => membership.ProbeTimeout = TimeSpan.FromSeconds(2));
        silo.UseAdoNetClustering(clustering => clustering.Configure<SqliteOrleansDataSource>(static (target, source) =>
        {
            target.Invariant = SqliteOrleansDataSource.Invariant;
            target.DataSource = source;
        }));
        silo.UseAdoNetReminderService(reminders => reminders.Configure<SqliteOrleansDataSource>(static (target, source) =>
        {
            target.Invariant = SqliteOrleansDataSource.Invariant;
            target.DataSource = source;
        }));
        silo.AddActivityPropagation();
        // Its stream of log lines stays closed: they are for who reads the log.
        if (options.SiloInternals)
            silo.AddDashboard(static dashboard => dashboard.HideTrace = true);
    }
}
