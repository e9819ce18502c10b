using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Sandbox.Storage.Sqlite;
using Xunit;

namespace Sandbox.Storage.Tests.Orleans;

/// <summary>Two silos over one folder: membership, reminders and grain state together, as the silo project uses them.</summary>
public sealed class SqliteOrleansTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoSilos_OnOneFolder_FormAClusterShareRemindersAndState()
    {
        using var folder = new TemporaryFolder();
        using var first = Silo(folder.Path, "one");
        using var second = Silo(folder.Path, "two");
        // At once: both migrate the same empty files.
        await Task.WhenAll(first.StartAsync(Cancel), second.StartAsync(Cancel));

        var active = await WhenActive(first, 2);
        Assert.Equal(2, active.Count);
        var grain = Grain(first, "shared");
        Assert.Equal(1, await grain.Increment());
        Assert.Equal(2, await Grain(second, "shared").Increment());

        await grain.SetReminder();
        Assert.True(await Grain(second, "shared").HasReminder());
        await grain.SetReminder();
        await Grain(second, "shared").RemoveReminder();
        Assert.False(await grain.HasReminder());

        await second.StopAsync(Cancel);
        Assert.Single(await WhenActive(first, 1));
        Assert.Equal(3, await grain.Increment());
        await first.StopAsync(Cancel);
    }

    [Fact]
    public async Task Reminder_OfAStoppedSilo_TicksInTheNext()
    {
        using var folder = new TemporaryFolder();
        var key = Guid.NewGuid().ToString("N");
        using (var first = Silo(folder.Path, "one"))
        {
            await first.StartAsync(Cancel);
            await Grain(first, key).SetReminder();
            await first.StopAsync(Cancel);
        }

        var ticked = CounterGrain.Ticked.GetOrAdd(key, _ => new TaskCompletionSource());
        using var second = Silo(folder.Path, "two");
        await second.StartAsync(Cancel);
        await ticked.Task.WaitAsync(Cancel);
        await second.StopAsync(Cancel);
    }

    [Fact]
    public async Task Membership_ManyWritersWithOneVersion_ExactlyOneWins()
    {
        using var folder = new TemporaryFolder();
        using var silo = Silo(folder.Path, "one");
        await silo.StartAsync(Cancel);
        var table = silo.Services.GetRequiredService<IMembershipTable>();
        var before = await table.ReadAllAsync(Cancel);

        var inserts = await Task.WhenAll(Enumerable.Range(1, 16).Select(port => table.InsertRowAsync(Joining(port), before.Version.Next(), Cancel)));

        Assert.Single(inserts, won => won);
        var after = await table.ReadAllAsync(Cancel);
        Assert.Equal(before.Version.Version + 1, after.Version.Version);
        Assert.Equal(before.Members.Count + 1, after.Members.Count);
        Assert.False(await table.UpdateRowAsync(after.Members[0].Item1, after.Members[0].Item2, before.Version.Next(), Cancel));
        Assert.False(await table.InsertRowAsync(after.Members[0].Item1, after.Version.Next(), Cancel));
        await silo.StopAsync(Cancel);
    }

    [Fact]
    public async Task Connection_LeftInsideATransaction_IsCleanForTheNextUser()
    {
        await using var fixture = await SqliteFixture.Create();
        var source = fixture.Services.GetRequiredService<SqliteOrleansDataSource>();
        await using (var poisoned = await source.OpenConnectionAsync(Cancel))
        {
            await using var begin = poisoned.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            await begin.ExecuteNonQueryAsync(Cancel);
        }

        await using var next = await source.OpenConnectionAsync(Cancel);
        await using var command = next.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE; COMMIT; PRAGMA synchronous";

        Assert.Equal(2L, await command.ExecuteScalarAsync(Cancel));
    }

    private static MembershipEntry Joining(int port) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, port, 1),
        HostName = "host",
        SiloName = $"silo-{port}",
        Status = SiloStatus.Joining,
        StartTime = DateTime.UtcNow,
        IAmAliveTime = DateTime.UtcNow,
    };

    private static ICounterGrain Grain(IHost silo, string key) => silo.Services.GetRequiredService<IGrainFactory>().GetGrain<ICounterGrain>(key);

    private static async Task<List<MembershipEntry>> WhenActive(IHost silo, int count)
    {
        var oracle = silo.Services.GetRequiredService<IClusterMembershipService>();
        await foreach (var snapshot in oracle.MembershipUpdates.WithCancellation(Cancel))
        {
            if (snapshot.Members.Values.Count(member => member.Status == SiloStatus.Active) == count)
                break;
        }

        var table = await silo.Services.GetRequiredService<IMembershipTable>().ReadAllAsync(Cancel);
        return [.. table.Members.Select(member => member.Item1).Where(member => member.Status == SiloStatus.Active)];
    }

    private static IHost Silo(string folder, string name)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSandboxSqliteStorage(options => options.DataDirectory = folder);
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("tests", "tests"));
            silo.Configure<SiloOptions>(options => options.SiloName = name);
            silo.ConfigureEndpoints(IPAddress.Loopback, FreePort(), FreePort());
            silo.UseAdoNetClustering(options => options.Configure<SqliteOrleansDataSource>(
                (clustering, source) => (clustering.Invariant, clustering.DataSource) = (SqliteOrleansDataSource.Invariant, source)));
            silo.UseAdoNetReminderService(options => options.Configure<SqliteOrleansDataSource>(
                (reminders, source) => (reminders.Invariant, reminders.DataSource) = (SqliteOrleansDataSource.Invariant, source)));
        });
        return builder.Build();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

public interface ICounterGrain : IGrainWithStringKey
{
    Task<int> Increment();

    Task SetReminder();

    Task<bool> HasReminder();

    Task RemoveReminder();
}

internal sealed class CounterGrain([PersistentState("count", "Default")] IPersistentState<Counter> state) : Grain, ICounterGrain, IRemindable
{
    private const string Name = "tick";

    public static ConcurrentDictionary<string, TaskCompletionSource> Ticked { get; } = new();

    public async Task<int> Increment()
    {
        state.State.Value++;
        await state.WriteStateAsync();
        return state.State.Value;
    }

    public Task SetReminder() => this.RegisterOrUpdateReminder(Name, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    public async Task<bool> HasReminder() => await this.GetReminder(Name) is not null;

    public async Task RemoveReminder() => await this.UnregisterReminder((await this.GetReminder(Name))!);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (Ticked.TryGetValue(this.GetPrimaryKeyString(), out var ticked))
            ticked.TrySetResult();
        return Task.CompletedTask;
    }
}

internal sealed class Counter
{
    public int Value { get; set; }
}
