using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Storage.Sqlite;
using Xunit;

namespace Sandbox.Storage.Tests;

public sealed class SqliteStorageRegistrationTests
{
    [Fact]
    public void Add_Twice_RegistersOnceAndKeepsBothConfigurations()
    {
        var services = new ServiceCollection();
        services.AddSandboxSqliteStorage(options => options.DataDirectory = "/data");
        services.AddSandboxSqliteStorage(options => options.MaxBatchOperations = 7);

        Assert.Single(services, service => service.ServiceType == typeof(IJobQueries));
        Assert.Equal(3, services.Count(service => service.ServiceType == typeof(IHostedService) && Ours(service)));
        var configured = services.BuildServiceProvider().GetRequiredService<IOptions<SqliteStorageOptions>>().Value;
        Assert.Equal("/data", configured.DataDirectory);
        Assert.Equal(7, configured.MaxBatchOperations);
    }

    [Fact]
    public async Task Start_WithoutDataDirectory_IsRefused()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSandboxSqliteStorage(_ => { });
        using var host = builder.Build();

        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Start_HostedPartRegisteredEarlier_FindsTheTables()
    {
        using var folder = new TemporaryFolder();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IHostedService, ReadsAtStart>();
        builder.Services.AddSandboxSqliteStorage(options => options.DataDirectory = folder.Path);
        using var host = builder.Build();

        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static bool Ours(ServiceDescriptor service) =>
        service.ImplementationType?.Assembly == typeof(SqliteStorageOptions).Assembly;

    // Stands for the silo: needs its tables the moment it is started.
    private sealed class ReadsAtStart(SqliteReaders readers) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            readers.Read(session => session.Execute("SELECT count(*) FROM grain_state"));
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
