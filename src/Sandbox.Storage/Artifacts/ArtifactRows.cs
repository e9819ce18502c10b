using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Artifacts;

/// <summary>How rows of artifacts come and go, each within one transaction.</summary>
internal static class ArtifactRows
{
    /// <summary>
    /// Makes the artifact, and the record of that. Where its idempotency key stands for one already, that one is the answer: whoever
    /// sends something twice at one time gets one artifact.
    /// </summary>
    /// <exception cref="ArtifactKeyReusedException">The key stands for something else.</exception>
    public static StoredArtifact Enter(
        SqliteSession session, ArtifactDraft draft, ArtifactInfo info, byte[] wrappedKey, string store, DateTimeOffset now)
    {
        if (draft.IdempotencyKey is { } key)
        {
            if (ArtifactTable.FindByKey(session, draft.TenantId, key, now) is { } known)
                return IsSame(known, info) ? new StoredArtifact(known, IsReplay: true) : throw new ArtifactKeyReusedException();
            // It may still be the key of one that has expired and waits for the sweep.
            ArtifactTable.FreeKey(session, draft.TenantId, key);
        }

        ArtifactTable.Insert(session, draft, info, wrappedKey, store);
        if (draft.Recorded is { } recorded)
            AuditTable.Append(session, [recorded(info)], now);
        return new StoredArtifact(info);
    }

    private static bool IsSame(ArtifactInfo known, ArtifactInfo info) =>
        (known.Name, known.Sha256, known.ContentType, known.Owner) == (info.Name, info.Sha256, info.ContentType, info.Owner);
}
