using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace Sandbox.Storage.Tests.Health;

public sealed class SqliteHealthCheckTests
{
    [Fact]
    public async Task Check_FollowsWhetherTheDatabaseTakesWrites()
    {
        await using var fixture = await SqliteFixture.Create(options => options.BusyTimeout = TimeSpan.FromSeconds(1));
        var health = fixture.Services.GetRequiredService<HealthCheckService>();

        Assert.Equal(HealthStatus.Healthy, await Status());
        using (var other = new SqliteConnection($"Data Source={Path.Combine(fixture.DataDirectory, "sandbox.db")};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction(deferred: false);
            Assert.Equal(HealthStatus.Unhealthy, await Status());
        }

        Assert.Equal(HealthStatus.Healthy, await Status());

        async Task<HealthStatus> Status() =>
            (await health.CheckHealthAsync(TestContext.Current.CancellationToken))
            .Entries[SqliteStorageServiceCollectionExtensions.HealthCheckName].Status;
    }

    [Fact]
    public async Task Check_WriterStuck_EndsByItsTimeout()
    {
        await using var fixture = await SqliteFixture.Create(options => options.HealthTimeout = TimeSpan.FromMilliseconds(100));
        using var gate = new ManualResetEventSlim();
        var stuck = fixture.Writer.Write(
            _ => { gate.Wait(); return 0; }, Storage.Sqlite.WriteScope.SingleStatement, cancellationToken: TestContext.Current.CancellationToken);

        var report = await fixture.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        gate.Set();
        await stuck;
    }
}
