// Grain-state writes a second, durable when acknowledged, for 1, 8 and 64 writers: plain states of 1 KiB, the same with
// the two events that an accepted job is recorded with, and states of jobs, which carry their row of the query tables.
// Then the audit record with many events. Arguments: seconds a measurement (default 5), folder (default a temporary one),
// events (default 100000). One line of JSON a measurement.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Storage;
using Sandbox.Storage.Bench;
using Sandbox.Testing.Storage;

var duration = TimeSpan.FromSeconds(args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 5);
var folder = args.Length > 1 ? args[1] : Directory.CreateTempSubdirectory("sandbox-bench-").FullName;
var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Services.AddSerializer();
builder.Services.Configure<ClusterOptions>(options => options.ServiceId = "bench");
builder.Services.AddSandboxSqliteStorage(options => options.DataDirectory = folder);
using (var host = builder.Build())
{
    await host.StartAsync();
    var storage = host.Services.GetRequiredKeyedService<IGrainStorage>(SqliteStorageServiceCollectionExtensions.GrainStorageName);
    foreach (var writers in new[] { 1, 8, 64 })
    {
        await Measure("plain", writers, duration, () => Plain(storage));
        await Measure("plain, recorded", writers, duration, () => Recorded(storage));
        await Measure("job", writers, duration, () => Job(storage));
    }

    await AuditBench.Run(
        host.Services.GetRequiredService<IAuditLog>(),
        host.Services.GetRequiredService<IAuditQueries>(),
        args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 100_000);
    await host.StopAsync();
}

if (args.Length < 2)
    Directory.Delete(folder, recursive: true);

static Func<Task> Plain(IGrainStorage storage)
{
    var id = GrainId.Create("bench", Guid.NewGuid().ToString("N"));
    var holder = new StateHolder<byte[]>(new byte[768]);
    return () => storage.WriteStateAsync("state", id, holder);
}

static Func<Task> Recorded(IGrainStorage storage)
{
    var id = GrainId.Create("bench", Guid.NewGuid().ToString("N"));
    var holder = new StateHolder<RecordedState>(new RecordedState());
    return () => storage.WriteStateAsync("state", id, holder);
}

static Func<Task> Job(IGrainStorage storage)
{
    var job = JobTestStates.Queued("bench", DateTimeOffset.UtcNow, ("k", "v"));
    var holder = job.Holder();
    return () =>
    {
        job.With(job.View.Status is JobStatus.Queued ? JobStatus.Running : JobStatus.Queued);
        return storage.WriteStateAsync("job", job.GrainId(), holder);
    };
}

static async Task Measure(string state, int writers, TimeSpan duration, Func<Func<Task>> newWriter)
{
    await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => newWriter()()));
    var clock = Stopwatch.StartNew();
    var latencies = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
    {
        var write = newWriter();
        var taken = new List<double>();
        while (clock.Elapsed < duration)
        {
            var start = Stopwatch.GetTimestamp();
            await write();
            taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return taken;
    })));
    var seconds = clock.Elapsed.TotalSeconds;
    var all = latencies.SelectMany(taken => taken).Order().ToArray();
    Console.WriteLine(JsonSerializer.Serialize(new
    {
        bench = "storage", state, writers, perSecond = Math.Round(all.Length / seconds),
        p50Ms = Math.Round(all[all.Length / 2], 3), p99Ms = Math.Round(all[(int)(all.Length * 0.99)], 3),
    }));
}
