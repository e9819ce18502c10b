using System.Buffers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Win32.SafeHandles;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Encryption;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Artifacts;

/// <summary>
/// Artifacts in a local folder, encrypted, described by rows in SQLite. The row makes the artifact, and holds its wrapped
/// key: written last when storing, removed first when deleting, so that what a crash leaves is a file without a row and
/// without a key, which the sweep removes.
/// </summary>
internal sealed class LocalArtifactStore(ArtifactFiles files, TenantKeys keys, SqliteWriter writer, SqliteReaders readers, TimeProvider time)
    : IArtifactStore
{
    private const int BufferSize = 128 * 1024;
    private const string UnknownContentType = "application/octet-stream";

    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    public async Task<ArtifactInfo> Put(
        string tenantId, string owner, string name, Stream content, long maxBytes, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        // Open, and by that locked, until the row exists: between the two a sweep must not take it for rubbish.
        var (id, file) = files.CreatePartial();
        await using var locked = file;
        try
        {
            var (key, wrapped) = await keys.NewObjectKey(tenantId, id.ToString(), cancellationToken);
            using var encrypted = new EncryptedWriter(file, key, id.ToString());
            var (size, sha256) = await Copy(content, encrypted, maxBytes, cancellationToken);
            file.Flush(flushToDisk: true);
            files.Publish(id);
            var info = new ArtifactInfo(id.ToString(), name, size, sha256, ContentTypeOf(name), owner, time.GetUtcNow());
            await writer.Write(
                session => ArtifactTable.Insert(session, tenantId, info, wrapped),
                WriteScope.SingleStatement,
                cancellationToken: cancellationToken);
            return info;
        }
        catch
        {
            files.Delete(id);
            throw;
        }
    }

    public Task<ArtifactInfo?> Find(string tenantId, string artifactId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(ArtifactId.TryParse(artifactId, out var id)
            ? readers.Read(session => ArtifactTable.Find(session, tenantId, id))
            : null);
    }

    public Task<Stream?> OpenRead(string tenantId, string artifactId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!ArtifactId.TryParse(artifactId, out var id))
            return Task.FromResult<Stream?>(null);
        byte[]? wrapped = null;
        if (!readers.Read(session => ArtifactTable.TryFindKey(session, tenantId, id, out wrapped)) || files.OpenRead(id) is not { } file)
            return Task.FromResult<Stream?>(null);
        return Task.FromResult<Stream?>(Open(tenantId, id.ToString(), wrapped, file));
    }

    public async Task<bool> Delete(string tenantId, string artifactId, CancellationToken cancellationToken = default)
    {
        if (!ArtifactId.TryParse(artifactId, out var id))
            return false;
        var existed = await writer.Write(
            session => ArtifactTable.Delete(session, tenantId, id),
            WriteScope.SingleStatement,
            cancellationToken: cancellationToken);
        if (existed)
            files.Delete(id);
        return existed;
    }

    public Task<int> DeleteOwned(string tenantId, string owner, CancellationToken cancellationToken = default) =>
        Delete(session => ArtifactTable.DeleteOwned(session, tenantId, owner), cancellationToken);

    public Task<int> DeleteOwnedByParts(string tenantId, string owner, CancellationToken cancellationToken = default) =>
        Delete(session => ArtifactTable.DeleteOwnedByParts(session, tenantId, owner), cancellationToken);

    private async Task<int> Delete(Func<SqliteSession, List<ArtifactId>> rows, CancellationToken cancellationToken)
    {
        var ids = await writer.Write(rows, WriteScope.SingleStatement, cancellationToken: cancellationToken);
        foreach (var id in ids)
            files.Delete(id);
        return ids.Count;
    }

    private Stream Open(string tenantId, string id, byte[]? wrapped, SafeFileHandle file)
    {
        // Artifacts of versions that did not encrypt stay readable.
        if (wrapped is null)
            return new FileStream(file, FileAccess.Read, bufferSize: 0, isAsync: true);
        try
        {
            return DecryptingStream.Open(file, keys.OpenObjectKey(tenantId, id, wrapped), id);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static async Task<(long Size, string Sha256)> Copy(
        Stream content, EncryptedWriter target, long maxBytes, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long size = 0;
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                size += read;
                if (size > maxBytes)
                    throw new ArtifactTooLargeException(maxBytes);
                hash.AppendData(buffer, 0, read);
                await target.Write(buffer.AsMemory(0, read), cancellationToken);
            }

            await target.Complete(cancellationToken);
            return (size, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static string ContentTypeOf(string name) =>
        ContentTypes.TryGetContentType(name, out var type) ? type : UnknownContentType;
}
