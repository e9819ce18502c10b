using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Testing.Storage;

/// <summary>The memories of workflows, in memory: for tests of what stands before the store.</summary>
public sealed class MemoryWorkflowMemory : IWorkflowMemory
{
    private readonly ConcurrentDictionary<string, Dictionary<string, MemoryValue>> _workflows = new();
    private readonly Lock _lock = new();
    private long _version;

    /// <summary>Whether nothing can be found, because the store is away.</summary>
    public bool IsAway { get; set; }

    /// <summary>A workflow is there, and has some keys.</summary>
    public void Begin(string tenantId, string workflow, params string[] keys) =>
        _workflows[$"{tenantId}/{workflow}"] = keys.ToDictionary(key => key, key => new MemoryValue(new MemoryKey(key, ++_version, 1, "agent", DateTimeOffset.UnixEpoch), "1"u8.ToArray()));

    /// <inheritdoc/>
    public Task<MemoryPage?> List(string tenantId, WorkflowId workflow, string? after, int limit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var keys = Of(tenantId, workflow)?.Values.Select(value => value.Key).OrderBy(key => key.Key, StringComparer.Ordinal).Where(key => string.CompareOrdinal(key.Key, after) > 0).ToList();
            return Task.FromResult(keys is null ? null : new MemoryPage([.. keys.Take(limit)], keys.Count > limit ? keys[limit - 1].Key : null));
        }
    }

    /// <inheritdoc/>
    public Task<MemoryValue?> Find(string tenantId, WorkflowId workflow, string key, CancellationToken cancellationToken = default)
    {
        if (IsAway)
            throw new IOException("The store is away.");
        lock (_lock)
            return Task.FromResult(Of(tenantId, workflow)?.GetValueOrDefault(key));
    }

    /// <inheritdoc/>
    public Task<Reply<MemoryChange>> Put(
        string tenantId, WorkflowId workflow, MemoryWrite write, MemoryCondition condition, MemoryBounds bounds, AuditEvent what, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (Of(tenantId, workflow) is not { } values)
                return Task.FromResult<Reply<MemoryChange>>(new Refusal(RefusalCodes.NotFound, "There is no such workflow."));
            var before = values.GetValueOrDefault(write.Key);
            if (!condition.Allows(before?.Key.Version))
                return Task.FromResult<Reply<MemoryChange>>(new Refusal(RefusalCodes.MemoryChanged, "Another version."));
            if ((bounds.RefuseValue(write.Json.Length) ?? bounds.RefuseTotal(values.Count + (before is null ? 1 : 0), 0)) is { } refusal)
                return Task.FromResult<Reply<MemoryChange>>(refusal);
            var key = new MemoryKey(write.Key, ++_version, write.Json.Length, write.AgentId, DateTimeOffset.UnixEpoch);
            values[write.Key] = new MemoryValue(key, write.Json.ToArray());
            return Task.FromResult<Reply<MemoryChange>>(new MemoryChange(key, before is null));
        }
    }

    /// <inheritdoc/>
    public Task<Reply<MemoryChange>> Remove(
        string tenantId, WorkflowId workflow, string key, MemoryCondition condition, AuditEvent what, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (Of(tenantId, workflow) is not { } values || !values.TryGetValue(key, out var value))
                return Task.FromResult<Reply<MemoryChange>>(new Refusal(RefusalCodes.NotFound, "There is no such key."));
            if (!condition.Allows(value.Key.Version))
                return Task.FromResult<Reply<MemoryChange>>(new Refusal(RefusalCodes.MemoryChanged, "Another version."));
            values.Remove(key);
            return Task.FromResult<Reply<MemoryChange>>(new MemoryChange(value.Key, Created: false));
        }
    }

    private Dictionary<string, MemoryValue>? Of(string tenantId, WorkflowId workflow) => _workflows.GetValueOrDefault($"{tenantId}/{workflow}");
}
