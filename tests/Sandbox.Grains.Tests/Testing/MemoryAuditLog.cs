using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>Events that were appended, in memory and without a chain; fails on demand.</summary>
internal sealed class MemoryAuditLog : IAuditLog
{
    public const string Full = "The audit record takes nothing.";

    private readonly ConcurrentQueue<AuditEvent> _events = new();

    public IReadOnlyCollection<AuditEvent> Events => _events;

    /// <summary>Whether nothing can be recorded.</summary>
    public bool Fails { get; set; }

    public Task Append(AuditEvent what, CancellationToken cancellationToken = default)
    {
        if (Fails)
            return Task.FromException(new IOException(Full));
        _events.Enqueue(what);
        return Task.CompletedTask;
    }
}
