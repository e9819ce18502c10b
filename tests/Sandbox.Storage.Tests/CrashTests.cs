using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests;

/// <summary>A process that writes is killed at any moment: what it had acknowledged is there, and nothing half done.</summary>
public sealed class CrashTests
{
    private const int Rounds = 10;
    private const int MostAcknowledgements = 500;

    [Fact]
    public async Task Kill_AtAnyMoment_LosesNothingAcknowledgedAndLeavesNothingPartial()
    {
        await using var fixture = await SqliteFixture.Create();
        var acknowledged = new List<(JobId Job, string Artifact)>();
        await fixture.Stop();
        for (var round = 0; round < Rounds; round++)
            acknowledged.AddRange(await WriteUntilKilled(fixture.DataDirectory, Random.Shared.Next(1, MostAcknowledgements)));

        await fixture.Restart();

        Assert.True(acknowledged.Count >= Rounds);
        foreach (var (job, artifact) in acknowledged)
            await AssertComplete(fixture, job, artifact);
        Assert.Equal("ok", Text(fixture, "PRAGMA integrity_check"));
        // A job's row, state, labels and output stand or fall together, acknowledged or not.
        Assert.Equal("0", Text(fixture, "SELECT count(*) FROM grain_state WHERE id NOT IN (SELECT state_id FROM jobs)"));
        Assert.Equal("0", Text(fixture, "SELECT count(*) FROM jobs j WHERE 2 <> (SELECT count(*) FROM job_metadata m WHERE m.job_id = j.id)"));
        Assert.Equal("0", Text(fixture, "SELECT count(*) FROM (SELECT count(*) AS n FROM job_output GROUP BY job_id) WHERE n <> 3"));
    }

    [Fact]
    public async Task Kill_OfTwoProcessesThatRecord_LeavesOneChainWithAllThatWasAcknowledged()
    {
        await using var fixture = await SqliteFixture.Create();
        await fixture.Stop();

        var acknowledged = await Task.WhenAll(WriteUntilKilled(fixture.DataDirectory, 200), WriteUntilKilled(fixture.DataDirectory, 300));

        await fixture.Restart();
        var audit = fixture.Services.GetRequiredService<IAuditQueries>();
        var found = await audit.Verify("crash", TestContext.Current.CancellationToken);
        Assert.True(found.Valid, $"{found.BrokenAt}: {found.Reason}");
        foreach (var (job, _) in acknowledged.SelectMany(static lines => lines))
            Assert.Single((await audit.Query(new AuditQuery("crash", 2) { Resource = job.ToString() }, TestContext.Current.CancellationToken)).Items);
    }

    [Fact]
    public async Task Kill_WithArtifactsInAnObjectStore_LosesNoneThatWasAcknowledgedAndLeavesNothing()
    {
        await using var azure = await AzureFixture.Create();
        await azure.Stop();

        var acknowledged = await WriteUntilKilled(azure.DataDirectory, 200, azure.ConnectionString);

        await azure.Restart();
        Assert.Contains(acknowledged, static line => line.Artifact != "-");
        foreach (var (job, artifact) in acknowledged)
            await AssertComplete(azure.Sqlite, job, artifact);
        azure.Advance(TimeSpan.FromHours(2));
        await azure.Sweep.Sweep(TestContext.Current.CancellationToken);
        Assert.Equal(0, await azure.CountStrayObjects());
    }

    private static async Task<List<(JobId Job, string Artifact)>> WriteUntilKilled(string folder, int acknowledgements, string? objectStore = null)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "Sandbox.Storage.CrashWriter.dll");
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet")
        {
            Arguments = string.Join(' ', ((string?[])["exec", assembly, folder, objectStore]).Where(static part => part is not null).Select(static part => $"\"{part}\"")),
            RedirectStandardOutput = true,
            // The writer ends with its input: it must not outlive a test run that was killed.
            RedirectStandardInput = true,
        })!;
        var lines = new List<(JobId, string)>();
        while (lines.Count < acknowledgements && await process.StandardOutput.ReadLineAsync() is { } line)
            lines.Add(Parse(line)!.Value);
        process.Kill();
        // What it had still written to the pipe counts; the last line may have been cut.
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Parse(line) is { } entry)
                lines.Add(entry);
        }

        await process.WaitForExitAsync();
        return lines;
    }

    private static (JobId, string)? Parse(string line) =>
        line.Split(' ') is [var job, var artifact, "."] && JobId.TryParse(job, out var id) ? (id, artifact) : null;

    private static async Task AssertComplete(SqliteFixture fixture, JobId job, string artifact)
    {
        var state = new StateHolder<JobTestState>(new JobTestState());
        await fixture.GrainStorage().ReadStateAsync("job", JobTestStates.GrainId(job), state);
        Assert.True(state.RecordExists);
        Assert.Equal(job, state.State.Id);
        Assert.Equal([1, 2, 3], (await fixture.JobOutput().Read(job.ToString(), 0, int.MaxValue)).Select(item => item.Id));
        if (artifact == "-")
            return;
        var info = await fixture.Artifacts().Find("crash", artifact);
        Assert.Equal(job.ToString(), info!.Owner);
        await using var content = await fixture.Artifacts().OpenRead("crash", artifact);
        Assert.Equal(info.SizeBytes, content!.Length);
    }

    private static string Text(SqliteFixture fixture, string sql) => fixture.Readers.Read(session =>
    {
        using var statement = session.Prepare(sql);
        Assert.True(statement.Step());
        return statement.Text(0);
    });
}
