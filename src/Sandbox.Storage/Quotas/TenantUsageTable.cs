using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Quotas;

/// <summary>The statements on <c>tenant_usage</c>, which the triggers of the tables that it counts keep.</summary>
internal static class TenantUsageTable
{
    /// <summary>How a tenant stands. Columns: the use in the order of <see cref="TenantUse"/>, then what is set for it.</summary>
    internal const string StandingText = """
        SELECT coalesce(used.sandboxes, 0), coalesce(used.queued_jobs, 0), coalesce(used.cpu_millis, 0), coalesce(used.memory_bytes, 0),
               coalesce(used.storage_bytes, 0), tenants.quotas
          FROM (SELECT ?1 AS id) AS wanted
          LEFT JOIN tenant_usage AS used ON used.tenant_id = wanted.id
          LEFT JOIN tenants ON tenants.id = wanted.id
        """;

    /// <summary>Shares of some jobs, sessions and services, named in a JSON array.</summary>
    private const string SharesText = """
        SELECT sandboxes, queued_jobs, cpu_millis, memory_bytes FROM jobs
         WHERE id IN (SELECT value FROM json_each(?2)) AND tenant_id = ?1
        UNION ALL
        SELECT sandboxes, queued_jobs, cpu_millis, memory_bytes FROM sessions
         WHERE id IN (SELECT value FROM json_each(?2)) AND tenant_id = ?1
        UNION ALL
        SELECT sandboxes, queued_jobs, cpu_millis, memory_bytes FROM services
         WHERE id IN (SELECT value FROM json_each(?2)) AND tenant_id = ?1
        """;

    /// <summary>As <see cref="StandingText"/>, without some: one statement, and so of one moment.</summary>
    internal const string StandingWithoutText = $"""
        WITH own AS (
          SELECT coalesce(sum(sandboxes), 0) AS sandboxes, coalesce(sum(queued_jobs), 0) AS queued_jobs,
                 coalesce(sum(cpu_millis), 0) AS cpu_millis, coalesce(sum(memory_bytes), 0) AS memory_bytes
            FROM ({SharesText}))
        SELECT coalesce(used.sandboxes, 0) - own.sandboxes, coalesce(used.queued_jobs, 0) - own.queued_jobs,
               coalesce(used.cpu_millis, 0) - own.cpu_millis, coalesce(used.memory_bytes, 0) - own.memory_bytes,
               coalesce(used.storage_bytes, 0), tenants.quotas
          FROM own
          LEFT JOIN tenant_usage AS used ON used.tenant_id = ?1
          LEFT JOIN tenants ON tenants.id = ?1
        """;

    /// <summary>What a tenant uses, at the row of a text above.</summary>
    public static TenantUse Read(SqliteStatement row) =>
        new((int)row.Int64(0), (int)row.Int64(1), row.Int64(2), row.Int64(3), row.Int64(4));

    /// <summary>Fails where a share that was written just now, in this transaction, is more than there was.</summary>
    /// <exception cref="QuotaExceededException">It is.</exception>
    public static void Check(SqliteSession session, string tenantId, TenantShare share, QuotaBound bound)
    {
        using var statement = session.Prepare(StandingText);
        statement.Bind(tenantId).Step();
        if (bound.Refuse(Read(statement).Minus(share), share) is { } breach)
            throw new QuotaExceededException(breach);
    }
}
