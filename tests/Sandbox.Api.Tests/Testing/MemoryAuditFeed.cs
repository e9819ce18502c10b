using System.Text;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Tests.Testing;

/// <summary>A record in memory that tests write to, for whoever follows it.</summary>
internal sealed class MemoryAuditFeed : IAuditFeed
{
    private static readonly string s_noHash = new('0', 64);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<(string Action, string Body)>> _records = new(StringComparer.Ordinal);
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Enters an event; its sequence.</summary>
    public long Add(string tenant, string action, string resource, string outcome = AuditOutcomes.Succeeded, string details = "{}")
    {
        lock (_lock)
        {
            if (!_records.TryGetValue(tenant, out var record))
                _records.Add(tenant, record = []);
            var body = $$$"""{"version":1,"id":"aud_1","time":"2026-01-01T00:00:00Z","tenant":"{{{tenant}}}","actor":{"agentId":"agent","role":"member"},"action":"{{{action}}}","resource":{"type":"job","id":"{{{resource}}}"},"outcome":"{{{outcome}}}","details":{{{details}}}}""";
            record.Add((action, body));
            Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            return record.Count;
        }
    }

    public Task<long> Head(string tenantId, CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return Task.FromResult((long)(_records.GetValueOrDefault(tenantId)?.Count ?? 0));
    }

    public Task<AuditRun> Read(string tenantId, long after, IReadOnlySet<string> actions, int limit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var looked = (_records.GetValueOrDefault(tenantId) ?? []).Index().Skip((int)after).Take(limit).ToList();
            var items = looked.Where(entry => actions.Contains(entry.Item.Action))
                .Select(entry => new AuditEntry(entry.Index + 1, s_noHash, s_noHash, Encoding.UTF8.GetBytes(entry.Item.Body)));
            return Task.FromResult(new AuditRun([.. items], after + looked.Count, looked.Count == limit));
        }
    }

    public Task Appended(string tenantId) => Volatile.Read(ref _next).Task;
}
