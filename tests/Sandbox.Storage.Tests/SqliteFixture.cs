using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Serialization;
using Sandbox.Storage.Sqlite;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests;

/// <summary>A started host with storage on real files in a folder of its own; gone with the fixture.</summary>
public sealed class SqliteFixture : IStorageFixture, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private IHost? _host;
    private Action<IServiceCollection> _more = static _ => { };

    public string DataDirectory => _folder.Path;

    public IServiceProvider Services => _host!.Services;

    internal SqliteWriter Writer => Services.GetRequiredService<SqliteWriter>();

    internal SqliteReaders Readers => Services.GetRequiredService<SqliteReaders>();

    public static async Task<SqliteFixture> Create(Action<SqliteStorageOptions>? configure = null, Action<IServiceCollection>? more = null)
    {
        var fixture = new SqliteFixture { _more = more ?? (static _ => { }) };
        await fixture.Start(configure ?? (static _ => { }));
        return fixture;
    }

    public async ValueTask InitializeAsync() => await Start(static _ => { });

    /// <summary>Stops the host and starts another on the same files.</summary>
    public async Task Restart()
    {
        await Stop();
        await Start(static _ => { });
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _folder.Dispose();
    }

    private async Task Start(Action<SqliteStorageOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSerializer();
        builder.Services.Configure<ClusterOptions>(options => options.ServiceId = "tests");
        _more(builder.Services);
        builder.Services.AddSandboxSqliteStorage(options =>
        {
            options.DataDirectory = DataDirectory;
            configure(options);
        });
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async Task Stop()
    {
        if (_host is null)
            return;
        await _host.StopAsync();
        _host.Dispose();
        _host = null;
    }
}
