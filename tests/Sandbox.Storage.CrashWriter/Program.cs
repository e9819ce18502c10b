using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Storage;
using Sandbox.Storage.Artifacts;
using Sandbox.Testing.Storage;
// Writes jobs from several tasks into the folder of its first argument and prints each one when all of it is
// acknowledged, until it is killed, or whoever started it is. Every line ends with a full stop, so that a cut line shows.
// With a second argument artifacts go to the object store that this is the connection string of.

const int Writers = 8;
const int JobsPerArtifact = 10;

var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Services.AddSerializer();
builder.Services.Configure<ClusterOptions>(options => options.ServiceId = "tests");
builder.Services.AddSandboxSqliteStorage(options => options.DataDirectory = args[0]);
if (args is [_, var objectStore])
{
    builder.Services.Configure<ArtifactStoreOptions>(options =>
    {
        options.Store = ArtifactStores.Azure;
        options.Azure.ConnectionString = objectStore;
    });
}

using var host = builder.Build();
await host.StartAsync();
var storage = host.Services.GetRequiredKeyedService<IGrainStorage>(SqliteStorageServiceCollectionExtensions.GrainStorageName);
var output = host.Services.GetRequiredService<IOutputStore>();
var audit = host.Services.GetRequiredService<IAuditLog>();
var artifacts = host.Services.GetRequiredService<IArtifactStore>();

var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(Write)));
await await Task.WhenAny(writing, Task.Run(Console.In.ReadToEnd));

async Task Write()
{
    for (var i = 0; ; i++)
    {
        var job = JobTestStates.Queued("crash", DateTimeOffset.UtcNow, ("a", "1"), ("b", "2"));
        var holder = job.Holder();
        await storage.WriteStateAsync("job", job.GrainId(), holder);
        await output.Append(job.Id.ToString(), [Event(1), Event(2), Event(3)]);
        job.With(JobStatus.Succeeded, DateTimeOffset.UtcNow);
        await storage.WriteStateAsync("job", job.GrainId(), holder);
        var artifact = i % JobsPerArtifact == 0
            ? (await artifacts.Put("crash", job.View.Id, "a.bin", new MemoryStream(new byte[10_000]), 10_000)).Id
            : "-";
        await audit.Append(new AuditEvent("crash", new AuditActor("writer", "member"), AuditActions.JobEnded, new AuditResource("job", job.Id.ToString()), AuditOutcomes.Succeeded));
        Console.WriteLine($"{job.Id} {artifact} .");
    }
}

static OutputEvent Event(int id) => new(id, OutputEventKinds.Stdout, new byte[100]);
