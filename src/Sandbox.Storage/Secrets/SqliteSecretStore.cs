using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Storage.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Secrets;

/// <summary>Secrets in the database. Nothing is cached: another process may have changed or removed one.</summary>
internal sealed class SqliteSecretStore(SqliteWriter writer, SqliteReaders readers, SecretCipher cipher, TimeProvider time) : ISecretStore
{
    private enum Outcome
    {
        Stored,
        Overtaken,
        TooMany,
    }

    public async Task<SecretInfo?> Put(SecretDraft draft, ReadOnlyMemory<byte> value, Func<SecretInfo, AuditEvent> what, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            // The version is part of what is encrypted: whoever finds it taken encrypts anew.
            var last = readers.Read(session => SecretTable.LastVersion(session, draft.TenantId, draft.Name));
            var info = new SecretInfo(draft.TenantId, draft.Name, last + 1, draft.Kind, draft.AgentId, time.GetUtcNow())
            {
                Hosts = draft.Hosts, HeaderName = draft.HeaderName, HeaderTemplate = draft.HeaderTemplate,
            };
            var row = await cipher.Seal(info, value, cancellationToken);
            var outcome = await writer.Write(session => Append(session, row, what(info)), WriteScope.Savepoint, row.Content.Length, cancellationToken);
            if (outcome != Outcome.Overtaken)
                return outcome == Outcome.Stored ? info : null;
        }
    }

    public Task<bool> Delete(string tenantId, string name, AuditEvent what, CancellationToken cancellationToken = default) => writer.Write(
        session =>
        {
            if (SecretTable.Versions(session, tenantId, name, 1).Count == 0)
                return false;
            var (last, now) = (SecretTable.LastVersion(session, tenantId, name), time.GetUtcNow());
            SecretTable.DeleteUpTo(session, tenantId, name, last);
            SecretTable.InsertRemoval(session, tenantId, name, last + 1, what.Actor.AgentId, now);
            SecretTable.ForgetRemovals(session, tenantId, ISecretStore.MostOfTenant);
            AuditTable.Append(session, [what], now);
            return true;
        },
        WriteScope.Savepoint,
        cancellationToken: cancellationToken);

    public Task<SecretInfo?> Find(string tenantId, string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session => SecretTable.Versions(session, tenantId, name, 1)) is [var present] ? present.Info : null);
    }

    public Task<IReadOnlyList<SecretInfo>> List(string tenantId, string? after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session => SecretTable.List(session, tenantId, after ?? string.Empty, limit)));
    }

    public async Task<IReadOnlyList<OpenSecret>> Open(string tenantId, IReadOnlyCollection<string> names, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var rows = readers.Read(session => names.SelectMany(name => SecretTable.Versions(session, tenantId, name, ISecretStore.KeptVersions)).ToList());
        var open = new List<OpenSecret>(rows.Count);
        foreach (var row in rows)
            open.Add(await cipher.Open(row, cancellationToken));
        return open;
    }

    private static Outcome Append(SqliteSession session, SecretRow row, AuditEvent what)
    {
        var info = row.Info;
        if (SecretTable.LastVersion(session, info.TenantId, info.Name) != info.Version - 1)
            return Outcome.Overtaken;
        var isNew = SecretTable.Versions(session, info.TenantId, info.Name, 1).Count == 0;
        if (isNew && SecretTable.Count(session, info.TenantId) >= ISecretStore.MostOfTenant)
            return Outcome.TooMany;
        SecretTable.Insert(session, row);
        SecretTable.DeleteUpTo(session, info.TenantId, info.Name, info.Version - ISecretStore.KeptVersions);
        AuditTable.Append(session, [what], info.CreatedAt);
        return Outcome.Stored;
    }
}
