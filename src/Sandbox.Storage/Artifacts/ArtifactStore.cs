using Microsoft.AspNetCore.StaticFiles;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Encryption;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Artifacts;

/// <summary>
/// Artifacts: encrypted bytes in one of the places for them, described by rows in SQLite. The row makes the artifact, and holds its
/// wrapped key: written last when storing, removed first when deleting, so that what a crash leaves is bytes without a row and
/// without a key, which the sweep removes.
/// </summary>
internal sealed class ArtifactStore(
    ArtifactPlaces places, TenantKeys keys, SqliteWriter writer, SqliteReaders readers, TimeProvider time) : IArtifactStore
{
    private const string UnknownContentType = "application/octet-stream";

    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    public async Task<StoredArtifact> Store(ArtifactDraft draft, Stream content, long maxBytes, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        await using var bytes = await places.New.Create(cancellationToken);
        try
        {
            var id = bytes.Id.ToString();
            var (key, wrapped) = await keys.NewObjectKey(draft.TenantId, id, cancellationToken);
            using var encrypted = new EncryptedWriter(bytes.Content, key, id);
            var (size, sha256) = await ArtifactIntake.Take(content, encrypted, maxBytes, draft.Sha256, cancellationToken);
            await bytes.Publish(cancellationToken);
            if (!bytes.IsSafe)
                throw new IOException("Storing took so long that the object may be gone.");
            var now = time.GetUtcNow();
            var info = new ArtifactInfo(id, draft.Name, size, sha256, draft.ContentType ?? ContentTypeOf(draft.Name), draft.Owner, now, draft.ExpiresAt);
            var stored = await writer.Write(
                session => ArtifactRows.Enter(session, draft, info, wrapped, places.New.Name, now), WriteScope.Savepoint, cancellationToken: cancellationToken);
            if (stored.IsReplay)
                await Discard(bytes);
            return stored;
        }
        catch
        {
            await Discard(bytes);
            throw;
        }
    }

    public Task<ArtifactInfo?> Find(string tenantId, string artifactId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(ArtifactId.TryParse(artifactId, out var id)
            ? readers.Read(session => ArtifactTable.Find(session, tenantId, id, time.GetUtcNow()))
            : null);
    }

    public Task<ArtifactPage> List(string tenantId, ArtifactCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session => ArtifactTable.List(session, tenantId, cursor, limit, time.GetUtcNow())));
    }

    public async Task<Stream?> OpenRead(string tenantId, string artifactId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!ArtifactId.TryParse(artifactId, out var id)
            || readers.Read(session => ArtifactTable.FindContent(session, tenantId, id, time.GetUtcNow())) is not { } row
            || await places.Of(row.Store).OpenRead(id, cancellationToken) is not { } bytes)
        {
            return null;
        }

        // Artifacts of versions that did not encrypt stay readable.
        return row.WrappedKey is { } wrapped ? await Open(tenantId, artifactId, wrapped, bytes, cancellationToken) : bytes;
    }

    public async Task<bool> Delete(string tenantId, string artifactId, CancellationToken cancellationToken = default) =>
        ArtifactId.TryParse(artifactId, out var id) && await Delete(session => ArtifactTable.Delete(session, tenantId, id), cancellationToken) == 1;

    public Task<int> DeleteOwned(string tenantId, string owner, CancellationToken cancellationToken = default) =>
        Delete(session => ArtifactTable.DeleteOwned(session, tenantId, owner), cancellationToken);

    public Task<int> DeleteOwnedByParts(string tenantId, string owner, CancellationToken cancellationToken = default) =>
        Delete(session => ArtifactTable.DeleteOwnedByParts(session, tenantId, owner), cancellationToken);

    private async Task<int> Delete(Func<SqliteSession, List<RemovedArtifact>> rows, CancellationToken cancellationToken)
    {
        var removed = await writer.Write(rows, WriteScope.SingleStatement, cancellationToken: cancellationToken);
        await places.Delete(removed);
        return removed.Count;
    }

    private Task Discard(IUnfinishedBytes bytes) => places.Delete([new RemovedArtifact(bytes.Id, places.New.Name)]);

    private async Task<Stream> Open(string tenantId, string id, byte[] wrapped, Stream bytes, CancellationToken cancellationToken)
    {
        try
        {
            return await DecryptingStream.Open(bytes, await keys.OpenObjectKey(tenantId, id, wrapped, cancellationToken), id, cancellationToken);
        }
        catch
        {
            await bytes.DisposeAsync();
            throw;
        }
    }

    private static string ContentTypeOf(string name) =>
        ContentTypes.TryGetContentType(name, out var type) ? type : UnknownContentType;
}
