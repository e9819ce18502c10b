namespace Sandbox.Storage.Sqlite;

/// <summary>How much of an operation SQLite undoes by itself when it fails.</summary>
internal enum WriteScope
{
    /// <summary>The operation changes data by one statement, or checks before it changes: nothing to undo.</summary>
    SingleStatement,

    /// <summary>Several statements: a savepoint takes back those before the one that failed.</summary>
    Savepoint,
}

/// <summary>A queued piece of work; its task ends only after the commit that holds it.</summary>
internal abstract class WriteOperation
{
    public abstract long PayloadBytes { get; }

    /// <summary>Runs within the transaction of the batch. A failure of the work is kept; what is thrown fails the batch.</summary>
    public abstract void Run(SqliteSession session);

    /// <summary>The batch was committed: tells the waiting caller the result or the operation's own failure.</summary>
    public abstract void Committed();

    /// <summary>The batch was not committed.</summary>
    public abstract void Lost(Exception reason);
}

internal sealed class WriteOperation<T>(
    Func<SqliteSession, T> work, WriteScope scope, long payloadBytes, CancellationToken cancellationToken) : WriteOperation
{
    // Continuations on the writer's thread would stop all other writers.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _failure;

    public Task<T> Task => _completion.Task;

    public override long PayloadBytes => payloadBytes;

    public override void Run(SqliteSession session)
    {
        // Cancellation counts until the work begins; after that the caller learns what really happened.
        if (cancellationToken.IsCancellationRequested)
        {
            _failure = new OperationCanceledException(cancellationToken);
            return;
        }

        // A savepoint that cannot be undone must fail the whole batch, so only the work itself is guarded.
        if (scope is WriteScope.Savepoint)
            session.Execute("SAVEPOINT operation");
        try
        {
            _result = work(session);
        }
        catch (Exception exception)
        {
            _failure = exception;
        }

        if (scope is WriteScope.Savepoint && session.InTransaction)
            EndSavepoint(session);
    }

    public override void Committed()
    {
        if (_failure is null)
            _completion.SetResult(_result!);
        else
            Fail(_failure);
    }

    // The operation's own failure says more than that of the batch, which it may have caused.
    public override void Lost(Exception reason) => Fail(_failure ?? reason);

    private void EndSavepoint(SqliteSession session)
    {
        if (_failure is not null)
            session.Execute("ROLLBACK TO operation");
        session.Execute("RELEASE operation");
    }

    private void Fail(Exception exception)
    {
        if (exception is OperationCanceledException cancelled && cancelled.CancellationToken == cancellationToken)
            _completion.SetCanceled(cancellationToken);
        else
            _completion.SetException(exception);
    }
}
