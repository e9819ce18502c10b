using System.Runtime.CompilerServices;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Tests.Testing;

/// <summary>An audit record without events.</summary>
internal sealed class MemoryAuditLog : IAuditLog
{
    private static readonly string s_noHash = new('0', 64);

    public Task Append(AuditEvent what, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task<AuditPage> Query(AuditQuery query, CancellationToken cancellationToken = default) => Task.FromResult(new AuditPage([], null));

    public Task<AuditVerification> Verify(string tenantId, CancellationToken cancellationToken = default) =>
        Task.FromResult(new AuditVerification(0, 0, s_noHash));

    public async IAsyncEnumerable<AuditEntry> Export(
        string tenantId, long after, DateTimeOffset? from, DateTimeOffset? to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        yield break;
    }
}
