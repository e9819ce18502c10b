using Microsoft.Data.Sqlite;
using Orleans.Storage;
using Sandbox.Storage.Sqlite;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Sqlite;

public sealed class SqliteWriterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Batch_OneOperationFails_OthersAreCommitted()
    {
        await using var fixture = await SqliteFixture.Create();
        using var gate = Block(fixture, out var blocker);
        var before = Put(fixture, 1);
        var failing = fixture.Writer.Write<int>(
            session =>
            {
                Insert(session, 2);
                throw new InvalidOperationException("no");
            },
            WriteScope.Savepoint,
            cancellationToken: Cancel);
        var duplicate = Put(fixture, 1);
        var after = Put(fixture, 3);
        gate.Set();
        await Task.WhenAll(blocker, before, after);

        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        await Assert.ThrowsAsync<SqliteException>(() => duplicate);
        Assert.Equal([1, 3], Ids(fixture));
    }

    [Fact]
    public async Task Batch_ETagConflict_FailsAlone()
    {
        await using var fixture = await SqliteFixture.Create();
        var job = JobTestStates.Queued("t", JobTestStates.Epoch);
        var holder = job.Holder();
        await fixture.GrainStorage().WriteStateAsync("job", job.GrainId(), holder);
        var stale = new StateHolder<JobTestState>(job, holder.ETag);
        var other = JobTestStates.Queued("t", JobTestStates.Epoch);
        using var gate = Block(fixture, out var blocker);
        var first = fixture.GrainStorage().WriteStateAsync("job", job.GrainId(), holder);
        var conflict = fixture.GrainStorage().WriteStateAsync("job", job.GrainId(), stale);
        var last = fixture.GrainStorage().WriteStateAsync("job", other.GrainId(), other.Holder());
        gate.Set();

        await Task.WhenAll(blocker, first, last);
        await Assert.ThrowsAsync<InconsistentStateException>(() => conflict);
    }

    [Fact]
    public async Task Batch_CommitFails_NothingIsAcknowledgedOrKeptAndTheNextWorks()
    {
        await using var fixture = await SqliteFixture.Create();
        using var gate = Block(fixture, out var blocker);
        var innocent = Put(fixture, 1);
        // A deferred constraint is checked by COMMIT.
        var guilty = fixture.Writer.Write(
            session =>
            {
                session.Execute("PRAGMA defer_foreign_keys=ON");
                return session.Execute(
                    "INSERT INTO job_metadata(tenant_id, key, value, created_at, job_id) VALUES('t', 'k', 'v', 0, 'job_none')");
            },
            WriteScope.SingleStatement,
            cancellationToken: Cancel);
        gate.Set();

        foreach (var lost in new Task[] { blocker, innocent, guilty })
            Assert.IsType<SqliteException>((await Assert.ThrowsAsync<IOException>(() => lost)).InnerException);
        Assert.Empty(Ids(fixture));
        await Put(fixture, 2);
        Assert.Equal([2], Ids(fixture));
    }

    [Fact]
    public async Task Write_DatabaseFull_FailsAndRecoversWhenThereIsRoom()
    {
        await using var fixture = await SqliteFixture.Create();
        await Put(fixture, 1);
        // The limit is one of the connection: it has gone with it after the failure.
        var full = fixture.Writer.Write(
            session =>
            {
                session.Execute("PRAGMA max_page_count=1");
                using var statement = session.Prepare("INSERT INTO job_output(job_id, event_id, kind, data) VALUES('full', 2, 'k', ?)");
                return statement.Bind(new byte[1 << 20].AsSpan()).Execute();
            },
            WriteScope.SingleStatement,
            cancellationToken: Cancel);

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => full);

        Assert.Equal(13, Assert.IsType<SqliteException>(failure).SqliteErrorCode);
        await fixture.Writer.Write(session => session.Execute("PRAGMA max_page_count=1000000"), WriteScope.SingleStatement, cancellationToken: Cancel);
        await Put(fixture, 3);
        Assert.Equal([1, 3], Ids(fixture));
    }

    [Fact]
    public async Task Write_DatabaseLockedByAnother_FailsInTimeAndRecovers()
    {
        await using var fixture = await SqliteFixture.Create(options => options.BusyTimeout = TimeSpan.FromSeconds(1));
        using (var other = new SqliteConnection($"Data Source={Path.Combine(fixture.DataDirectory, "sandbox.db")};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction(deferred: false);

            var failure = await Assert.ThrowsAsync<IOException>(() => Put(fixture, 1));

            Assert.Equal(5, Assert.IsType<SqliteException>(failure.InnerException).SqliteErrorCode);
        }

        await Put(fixture, 2);
        Assert.Equal([2], Ids(fixture));
    }

    [Fact]
    public async Task Write_CancelledInTheQueue_IsNotDone()
    {
        await using var fixture = await SqliteFixture.Create();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var gate = Block(fixture, out var blocker);
        var cancelled = fixture.Writer.Write(session => Insert(session, 1), WriteScope.SingleStatement, cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        gate.Set();
        await blocker;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Empty(Ids(fixture));
    }

    [Fact]
    public async Task Dispose_WithWorkQueued_CommitsItAndRefusesMore()
    {
        await using var fixture = await SqliteFixture.Create();
        var writer = fixture.Writer;
        using var gate = Block(fixture, out var blocker);
        var queued = Enumerable.Range(1, 100).Select(id => Put(fixture, id)).ToList();
        var disposing = Task.Run(writer.Dispose, Cancel);
        gate.Set();
        await disposing;

        Assert.All(queued, task => Assert.True(task.IsCompletedSuccessfully));
        Assert.True(blocker.IsCompletedSuccessfully);
        Assert.Throws<ObjectDisposedException>(() => { _ = Put(fixture, 101); });
        await fixture.Restart();
        Assert.Equal(Enumerable.Range(1, 100).Select(id => (long)id), Ids(fixture));
    }

    // Holds the writer inside of a transaction until the gate is set, so that what follows queues up into it.
    private static ManualResetEventSlim Block(SqliteFixture fixture, out Task<int> blocker)
    {
        var gate = new ManualResetEventSlim();
        var inside = new ManualResetEventSlim();
        var first = fixture.Writer.Write(_ => { inside.Set(); gate.Wait(Cancel); return 0; }, WriteScope.SingleStatement, cancellationToken: Cancel);
        inside.Wait(Cancel);
        _ = first;
        blocker = fixture.Writer.Write(_ => 0, WriteScope.SingleStatement, cancellationToken: Cancel);
        return gate;
    }

    private static Task<int> Put(SqliteFixture fixture, int id) =>
        fixture.Writer.Write(session => Insert(session, id), WriteScope.SingleStatement, cancellationToken: Cancel);

    private static int Insert(SqliteSession session, int id)
    {
        using var statement = session.Prepare("INSERT INTO job_output(job_id, event_id, kind, data) VALUES('job', ?, 'k', x'')");
        return statement.Bind((long)id).Execute();
    }

    private static List<long> Ids(SqliteFixture fixture) => fixture.Readers.Read(session =>
    {
        using var statement = session.Prepare("SELECT event_id FROM job_output WHERE job_id = 'job' ORDER BY event_id");
        var ids = new List<long>();
        while (statement.Step())
            ids.Add(statement.Int64(0));
        return ids;
    });
}
