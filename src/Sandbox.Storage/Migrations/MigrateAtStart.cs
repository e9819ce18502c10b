using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Migrations;

/// <summary>
/// Migrates in the phase before any hosted part of the process starts, so that the silo finds its tables whatever
/// the order of registration.
/// </summary>
internal sealed partial class MigrateAtStart(SqliteDatabases databases, SqliteMigrator migrator, ILogger<MigrateAtStart> logger)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Migrate(databases.Main, "sandbox");
        Migrate(databases.Orleans, "orleans");
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Migrate(SqliteFile file, string folder)
    {
        var steps = migrator.Migrate(file, Migration.Load(folder));
        if (steps > 0)
            LogMigrated(logger, folder, steps);
    }
}
