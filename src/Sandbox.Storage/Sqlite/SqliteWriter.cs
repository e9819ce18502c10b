using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Storage.Audit;

namespace Sandbox.Storage.Sqlite;

/// <summary>
/// The only writer of a database: a thread that commits whatever has queued up as one transaction. One caller pays
/// one fsync; many callers share it. Nothing is acknowledged before its commit.
/// </summary>
internal sealed partial class SqliteWriter : IDisposable
{
    // 32 MiB, in KiB: ids are random, so that every write touches other pages of the indexes.
    private const string CacheSize = "PRAGMA cache_size=-32768";

    private readonly SqliteFile _file;
    private readonly AppendSignals _signals;
    private readonly SqliteStorageOptions _options;
    private readonly ILogger<SqliteWriter> _logger;
    private readonly BlockingCollection<WriteOperation> _queue = [];
    private readonly Thread _thread;
    private SqliteSession? _session;

    public SqliteWriter(SqliteFile file, AppendSignals signals, IOptions<SqliteStorageOptions> options, ILogger<SqliteWriter> logger)
    {
        _file = file;
        _signals = signals;
        _options = options.Value;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite-writer" };
        _thread.Start();
    }

    /// <summary>Queues work in order; the task ends when it is on disk.</summary>
    /// <param name="work">Runs on the writer's thread, inside of a transaction. Must not block.</param>
    /// <param name="scope">What its failure leaves behind.</param>
    /// <param name="payloadBytes">Roughly what it writes: bounds the size of a commit.</param>
    /// <param name="cancellationToken">Takes the work out of the queue as long as it has not begun.</param>
    /// <exception cref="ObjectDisposedException">The writer has been shut down.</exception>
    public Task<T> Write<T>(
        Func<SqliteSession, T> work, WriteScope scope, long payloadBytes = 0, CancellationToken cancellationToken = default)
    {
        var operation = new WriteOperation<T>(work, scope, payloadBytes, cancellationToken);
        try
        {
            _queue.Add(operation, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            // Also an ObjectDisposedException: adding was completed, or the queue is gone.
            throw new ObjectDisposedException(nameof(SqliteWriter));
        }

        return operation.Task;
    }

    /// <summary>Refuses new work, commits what was queued, closes the database.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
    }

    private void Run()
    {
        var batch = new List<WriteOperation>();
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            Collect(first, batch);
            Commit(batch);
            batch.Clear();
        }

        CloseSession();
    }

    private void Collect(WriteOperation first, List<WriteOperation> batch)
    {
        batch.Add(first);
        var bytes = first.PayloadBytes;
        while (batch.Count < _options.MaxBatchOperations && bytes < _options.MaxBatchBytes && _queue.TryTake(out var next))
        {
            batch.Add(next);
            bytes += next.PayloadBytes;
        }
    }

    private void Commit(List<WriteOperation> batch)
    {
        try
        {
            Transact(batch);
        }
        catch (Exception exception)
        {
            LogBatchLost(_logger, exception, batch.Count);
            // A fresh connection leaves no doubt about what state the failed one is in; closing it rolls back.
            CloseSession();
            foreach (var operation in batch)
                operation.Lost(new IOException("The database did not take the write.", exception));
            return;
        }

        foreach (var operation in batch)
            operation.Committed();
        _signals.Tell(_session!.Recorded);
        _session.Recorded.Clear();
    }

    private void Transact(List<WriteOperation> batch)
    {
        var session = _session ??= OpenSession();
        session.Execute("BEGIN IMMEDIATE");
        foreach (var operation in batch)
        {
            operation.Run(session);
            if (!session.InTransaction)
                throw new IOException("The transaction was rolled back by the database.");
        }

        session.Execute("COMMIT");
    }

    private SqliteSession OpenSession()
    {
        var session = SqliteSession.Open(_file);
        session.Execute(CacheSize);
        return session;
    }

    private void CloseSession()
    {
        _session?.Dispose();
        _session = null;
    }
}
