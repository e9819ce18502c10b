using System.Text;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Workflows;

/// <summary>The tables of workflows' memories, within a transaction.</summary>
internal static class WorkflowMemoryTable
{
    private const string Columns = "key, version, length(value), agent_id, changed_at";

    /// <summary>What a workflow's memory is as a whole; null where the tenant has no such workflow.</summary>
    public static MemoryTotals? Totals(SqliteSession session, string tenantId, string workflow)
    {
        using var statement = session.Prepare("SELECT status, memory_version, memory_keys, memory_bytes FROM workflows WHERE id = ? AND tenant_id = ?");
        return statement.Bind(workflow).Bind(tenantId).Step()
            ? new MemoryTotals(statement.Int64(0) > (long)WorkflowStatus.Stopping, statement.Int64(1), statement.Int64(2), statement.Int64(3))
            : null;
    }

    /// <summary>What is known of a key; null where there is none.</summary>
    public static MemoryKey? Find(SqliteSession session, string workflow, string key)
    {
        using var statement = session.Prepare($"SELECT {Columns} FROM workflow_memory WHERE workflow_id = ? AND key = ?");
        return statement.Bind(workflow).Bind(key).Step() ? Read(statement) : null;
    }

    /// <summary>Keys after one.</summary>
    public static List<MemoryKey> List(SqliteSession session, string workflow, string after, int limit)
    {
        using var statement = session.Prepare($"SELECT {Columns} FROM workflow_memory WHERE workflow_id = ? AND key > ? ORDER BY key LIMIT ?");
        statement.Bind(workflow).Bind(after).Bind((long)limit);
        var keys = new List<MemoryKey>();
        while (statement.Step())
            keys.Add(Read(statement));
        return keys;
    }

    /// <summary>A key with its value.</summary>
    public static MemoryValue? Load(SqliteSession session, string workflow, string key)
    {
        using var statement = session.Prepare($"SELECT {Columns}, value FROM workflow_memory WHERE workflow_id = ? AND key = ?");
        return statement.Bind(workflow).Bind(key).Step() ? new MemoryValue(Read(statement), statement.Blob(5).ToArray()) : null;
    }

    /// <summary>Writes a value and the totals with it.</summary>
    public static void Put(SqliteSession session, string workflow, MemoryKey key, ReadOnlySpan<byte> json, MemoryTotals totals)
    {
        using (var statement = session.Prepare("INSERT OR REPLACE INTO workflow_memory(workflow_id, key, version, value, agent_id, changed_at) VALUES(?, ?, ?, ?, ?, ?)"))
            statement.Bind(workflow).Bind(key.Key).Bind(key.Version).Bind(json).Bind(key.AgentId).Bind(key.ChangedAt).Execute();
        Write(session, workflow, totals);
    }

    /// <summary>Removes a key and writes the totals with it.</summary>
    public static void Remove(SqliteSession session, string workflow, string key, MemoryTotals totals)
    {
        using (var statement = session.Prepare("DELETE FROM workflow_memory WHERE workflow_id = ? AND key = ?"))
            statement.Bind(workflow).Bind(key).Execute();
        Write(session, workflow, totals);
    }

    /// <summary>Writes what a memory begins with.</summary>
    public static void Begin(SqliteSession session, string workflow, IReadOnlyDictionary<string, string> memory, string agentId, DateTimeOffset now)
    {
        var totals = new MemoryTotals(Ended: false, 0, 0, 0);
        foreach (var (key, json) in memory)
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            totals = totals with { Version = totals.Version + 1, Keys = totals.Keys + 1, Bytes = totals.Bytes + bytes.Length };
            Put(session, workflow, new MemoryKey(key, totals.Version, bytes.Length, agentId, now), bytes, totals);
        }
    }

    private static void Write(SqliteSession session, string workflow, MemoryTotals totals)
    {
        using var statement = session.Prepare("UPDATE workflows SET memory_version = ?, memory_keys = ?, memory_bytes = ? WHERE id = ?");
        statement.Bind(totals.Version).Bind(totals.Keys).Bind(totals.Bytes).Bind(workflow).Execute();
    }

    private static MemoryKey Read(SqliteStatement row) => new(row.Text(0), row.Int64(1), row.Int64(2), row.Text(3), row.Time(4));
}

/// <summary>A workflow's memory as a whole.</summary>
/// <param name="Ended">Whether the workflow has ended.</param>
/// <param name="Version">Number of the last change.</param>
/// <param name="Keys">How many keys there are.</param>
/// <param name="Bytes">Bytes of all values.</param>
internal sealed record MemoryTotals(bool Ended, long Version, long Keys, long Bytes);
