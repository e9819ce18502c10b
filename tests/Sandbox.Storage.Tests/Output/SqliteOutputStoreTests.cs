using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Storage.Sqlite;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Output;

public sealed class SqliteOutputStoreTests(SqliteFixture fixture) : OutputStoreConformance(fixture), IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task Append_QueuedBeforeAStateWrite_SharesItsCommit()
    {
        var job = JobTestStates.Queued(JobTestStates.NewTenant(), JobTestStates.Epoch);
        // Both wait behind a commit that is under way, so that the writer finds them together.
        using var gate = new ManualResetEventSlim();
        using var inside = new ManualResetEventSlim();
        var blocker = fixture.Writer.Write(
            _ => { inside.Set(); gate.Wait(Cancel); return 0; }, WriteScope.SingleStatement, cancellationToken: Cancel);
        inside.Wait(Cancel);
        var append = fixture.JobOutput().Append(job.Id.ToString(), [new OutputEvent(1, OutputEventKinds.End, [])], Cancel);
        var write = fixture.GrainStorage().WriteStateAsync("job", job.GrainId(), job.Holder());
        var seenByState = fixture.Writer.Write(
            session => session.InTransaction && HasOutput(session, job.Id) ? Visible(job.Id) : -1,
            WriteScope.SingleStatement,
            cancellationToken: Cancel);
        gate.Set();
        await Task.WhenAll(blocker, append, write);

        // Within the transaction the output was there, and to readers it was not yet: one commit brought both.
        Assert.Equal(0, await seenByState);
        Assert.Equal(1, Visible(job.Id));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static bool HasOutput(SqliteSession session, JobId job)
    {
        using var statement = session.Prepare("SELECT 1 FROM job_output WHERE job_id = ?");
        return statement.Bind(job.ToString()).Step();
    }

    private int Visible(JobId job) => fixture.Services.GetRequiredService<SqliteReaders>().Read(session => HasOutput(session, job) ? 1 : 0);
}
