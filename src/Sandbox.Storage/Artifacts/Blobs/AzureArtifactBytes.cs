using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Storage.Artifacts.Blobs;

/// <summary>
/// Bytes in a container of Azure Blob Storage, under the id alone. A blob is there when its list of blocks is committed; blocks that
/// never are, Azure itself removes after a week, and nobody has their key.
/// </summary>
internal sealed class AzureArtifactBytes(IOptions<ArtifactStoreOptions> options, TimeProvider time) : IArtifactBytes
{
    /// <summary>
    /// For so long a blob without a row is not rubbish: its row may be about to be written. There is no lock that a sweep in another
    /// process would see; instead whoever has written a blob gives it up when half of this has passed.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private const int NotFound = 404;

    private readonly Lazy<BlobContainerClient> _container = new(() => Connect(options.Value.Azure));

    public string Name => ArtifactStores.Azure;

    public async Task Prepare(CancellationToken cancellationToken)
    {
        try
        {
            // A signature that is for this container alone may not make any, nor need to.
            if (!await _container.Value.ExistsAsync(cancellationToken))
                await _container.Value.CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellationToken);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException or FormatException)
        {
            throw new InvalidOperationException($"The container '{options.Value.Azure.Container}' of {ArtifactStoreOptions.Section}:Azure cannot be used: {Reason(e)}.", e);
        }
    }

    public Task<IUnfinishedBytes> Create(CancellationToken cancellationToken)
    {
        var id = ArtifactId.New();
        return Task.FromResult<IUnfinishedBytes>(new Unfinished(id, new BlockStream(BlobOf(id), options.Value.Azure.BlockBytes), time));
    }

    public async Task<Stream?> OpenRead(ArtifactId id, CancellationToken cancellationToken)
    {
        try
        {
            return await BlobOf(id).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false) { BufferSize = options.Value.Azure.BlockBytes }, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == NotFound)
        {
            return null;
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            throw new IOException($"A stored object cannot be read: {Reason(e)}.", e);
        }
    }

    public async Task Delete(ArtifactId id, CancellationToken cancellationToken)
    {
        try
        {
            await BlobOf(id).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            throw new IOException($"A stored object cannot be removed: {Reason(e)}.", e);
        }
    }

    public async Task<int> Sweep(Func<ArtifactId, bool> hasRow, CancellationToken cancellationToken)
    {
        var removed = 0;
        var newest = time.GetUtcNow() - Grace;
        await foreach (var blob in _container.Value.GetBlobsAsync(new GetBlobsOptions { Prefix = ArtifactId.Prefix }, cancellationToken))
        {
            if (!ArtifactId.TryParse(blob.Name, out var id) || blob.Properties.LastModified > newest || hasRow(id))
                continue;
            await Delete(id, cancellationToken);
            removed++;
        }

        return removed;
    }

    private BlockBlobClient BlobOf(ArtifactId id) => _container.Value.GetBlockBlobClient(id.ToString());

    private static BlobContainerClient Connect(AzureArtifactOptions azure) => new(azure.ConnectionString, azure.Container);

    // The SDK's texts are pages long, and may quote addresses with a signature.
    private static string Reason(Exception exception) => exception switch
    {
        RequestFailedException { Status: 0 } => "it cannot be reached",
        RequestFailedException failed => $"{failed.Status} {failed.ErrorCode}",
        FormatException => "its connection string is none",
        _ => "it cannot be reached",
    };

    private sealed class Unfinished(ArtifactId id, BlockStream content, TimeProvider time) : IUnfinishedBytes
    {
        private long _published = long.MaxValue;

        public ArtifactId Id => id;

        public Stream Content => content;

        public bool IsSafe => time.GetElapsedTime(_published) < Grace / 2;

        public Task Publish(CancellationToken cancellationToken)
        {
            _published = time.GetTimestamp();
            return content.Commit(cancellationToken);
        }

        public ValueTask DisposeAsync() => content.DisposeAsync();
    }
}
