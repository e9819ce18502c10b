using System.Text.Json;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Storage.GrainState;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Quotas;

/// <summary>What tenants use. Nothing is cached: it is one row, and another process may have written it.</summary>
internal sealed class SqliteTenantUsage(SqliteReaders readers, GrainStateJson json) : ITenantUsage
{
    public TenantStanding Read(string tenantId, IReadOnlyCollection<string> except) => readers.Read(session =>
    {
        using var statement = session.Prepare(except.Count == 0 ? TenantUsageTable.StandingText : TenantUsageTable.StandingWithoutText);
        statement.Bind(tenantId);
        if (except.Count > 0)
            statement.Bind(JsonSerializer.Serialize(except));
        statement.Step();
        return new TenantStanding(
            TenantUsageTable.Read(statement), statement.IsNull(5) ? null : json.Deserialize<QuotaOverrides>(statement.Blob(5)));
    });
}
