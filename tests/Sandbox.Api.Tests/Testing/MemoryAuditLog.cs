using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Tests.Testing;

/// <summary>Events that were appended, in memory and without a chain; fails on demand. Queries find nothing.</summary>
internal sealed class MemoryAuditLog : IAuditLog, IAuditQueries
{
    private static readonly string s_noHash = new('0', 64);

    private readonly ConcurrentQueue<AuditEvent> _events = new();

    public IReadOnlyCollection<AuditEvent> Events => _events;

    /// <summary>Whether nothing can be recorded.</summary>
    public bool Fails { get; set; }

    /// <summary>The last query that was asked.</summary>
    public AuditQuery? Asked { get; private set; }

    public Task Append(AuditEvent what, CancellationToken cancellationToken = default)
    {
        if (Fails)
            return Task.FromException(new IOException("The audit record takes nothing."));
        _events.Enqueue(what);
        return Task.CompletedTask;
    }

    public Task<AuditPage> Query(AuditQuery query, CancellationToken cancellationToken = default)
    {
        Asked = query;
        return Task.FromResult(new AuditPage([], null));
    }

    public Task<AuditVerification> Verify(string tenantId, CancellationToken cancellationToken = default) =>
        Task.FromResult(new AuditVerification(0, 0, s_noHash));

    public async IAsyncEnumerable<AuditEntry> Export(
        string tenantId, long after, DateTimeOffset? from, DateTimeOffset? to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        yield break;
    }
}
