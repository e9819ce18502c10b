using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Storage.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Workflows;

/// <summary>The memories of workflows: what is compared and what is set is one transaction of the writer.</summary>
internal sealed class SqliteWorkflowMemory(SqliteWriter writer, SqliteReaders readers, TimeProvider time) : IWorkflowMemory
{
    private static readonly Refusal NoWorkflow = new(RefusalCodes.NotFound, "There is no such workflow.");

    private static readonly Refusal NoKey = new(RefusalCodes.NotFound, "There is no such key.");

    private static readonly Refusal Ended = new(RefusalCodes.WorkflowEnded, "The workflow has ended: its memory is only read.");

    public Task<MemoryPage?> List(string tenantId, WorkflowId workflow, string? after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        var id = workflow.ToString();
        return Task.FromResult(readers.Read(session =>
        {
            if (WorkflowMemoryTable.Totals(session, tenantId, id) is null)
                return null;
            // One more than asked for tells whether another page follows.
            var keys = WorkflowMemoryTable.List(session, id, after ?? string.Empty, limit + 1);
            return keys.Count <= limit ? new MemoryPage(keys, null) : new MemoryPage(keys[..limit], keys[limit - 1].Key);
        }));
    }

    public Task<MemoryValue?> Find(string tenantId, WorkflowId workflow, string key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var id = workflow.ToString();
        return Task.FromResult(readers.Read(session =>
            WorkflowMemoryTable.Totals(session, tenantId, id) is null ? null : WorkflowMemoryTable.Load(session, id, key)));
    }

    public Task<Reply<MemoryChange>> Put(
        string tenantId, WorkflowId workflow, MemoryWrite write, MemoryCondition condition, MemoryBounds bounds, AuditEvent what, CancellationToken cancellationToken = default)
    {
        if (bounds.RefuseValue(write.Json.Length) is { } large)
            return Task.FromResult<Reply<MemoryChange>>(large);
        var (id, now) = (workflow.ToString(), time.GetUtcNow());
        return writer.Write(
            session =>
            {
                var (totals, key, refusal) = Look(session, tenantId, id, write.Key, condition);
                if (refusal is not null)
                    return refusal;
                var next = totals! with
                {
                    Version = totals.Version + 1,
                    Keys = totals.Keys + (key is null ? 1 : 0),
                    Bytes = totals.Bytes - (key?.SizeBytes ?? 0) + write.Json.Length,
                };
                // What makes the memory smaller is taken whatever the bounds are now.
                if ((next.Keys > totals.Keys || next.Bytes > totals.Bytes) && bounds.RefuseTotal(next.Keys, next.Bytes) is { } full)
                    return (Reply<MemoryChange>)full;
                var written = new MemoryKey(write.Key, next.Version, write.Json.Length, write.AgentId, now);
                WorkflowMemoryTable.Put(session, id, written, write.Json.Span, next);
                AuditTable.Append(session, [what], now);
                return new MemoryChange(written, Created: key is null);
            },
            WriteScope.Savepoint,
            write.Json.Length,
            cancellationToken);
    }

    public Task<Reply<MemoryChange>> Remove(
        string tenantId, WorkflowId workflow, string key, MemoryCondition condition, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var (id, now) = (workflow.ToString(), time.GetUtcNow());
        return writer.Write(
            session =>
            {
                var (totals, found, refusal) = Look(session, tenantId, id, key, condition);
                if ((refusal ?? (found is null ? NoKey : null)) is { } no)
                    return (Reply<MemoryChange>)no;
                WorkflowMemoryTable.Remove(session, id, key, totals! with { Version = totals.Version + 1, Keys = totals.Keys - 1, Bytes = totals.Bytes - found!.SizeBytes });
                AuditTable.Append(session, [what], now);
                return new MemoryChange(found, Created: false);
            },
            WriteScope.Savepoint,
            cancellationToken: cancellationToken);
    }

    private static (MemoryTotals? Totals, MemoryKey? Key, Refusal? Refusal) Look(SqliteSession session, string tenantId, string workflow, string key, MemoryCondition condition)
    {
        if (WorkflowMemoryTable.Totals(session, tenantId, workflow) is not { } totals)
            return (null, null, NoWorkflow);
        if (totals.Ended)
            return (totals, null, Ended);
        var found = WorkflowMemoryTable.Find(session, workflow, key);
        if (condition.Allows(found?.Version))
            return (totals, found, null);
        var now = found is null ? "The key has no value." : $"The key has version {found.Version}.";
        return (totals, found, new Refusal(RefusalCodes.MemoryChanged, now));
    }
}
