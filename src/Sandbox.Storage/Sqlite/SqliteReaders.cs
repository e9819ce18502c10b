using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Sandbox.Storage.Sqlite;

/// <summary>
/// Read sessions, kept for reuse with their prepared statements. In a write-ahead log readers wait for nobody, and
/// each read sees every commit before it.
/// </summary>
internal sealed class SqliteReaders(SqliteFile file, IOptions<SqliteStorageOptions> options) : IDisposable
{
    private readonly ConcurrentBag<SqliteSession> _idle = [];
    private volatile bool _disposed;

    public T Read<T>(Func<SqliteSession, T> query)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var session = _idle.TryTake(out var idle) ? idle : Open();
        try
        {
            var result = query(session);
            Return(session);
            return result;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var session))
            session.Dispose();
    }

    private SqliteSession Open()
    {
        var session = SqliteSession.Open(file);
        session.Execute("PRAGMA query_only=ON");
        return session;
    }

    private void Return(SqliteSession session)
    {
        if (_disposed || _idle.Count >= options.Value.MaxIdleReaders)
            session.Dispose();
        else
            _idle.Add(session);
    }
}
