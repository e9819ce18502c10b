using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Storage.Artifacts;

/// <summary>Bytes in files of a local folder.</summary>
internal sealed class LocalArtifactBytes(ArtifactFiles files) : IArtifactBytes
{
    public string Name => ArtifactStores.Local;

    public Task Prepare(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IUnfinishedBytes> Create(CancellationToken cancellationToken)
    {
        var (id, file) = files.CreatePartial();
        return Task.FromResult<IUnfinishedBytes>(new Unfinished(files, id, file));
    }

    public Task<Stream?> OpenRead(ArtifactId id, CancellationToken cancellationToken) => Task.FromResult<Stream?>(files.OpenRead(id));

    public Task Delete(ArtifactId id, CancellationToken cancellationToken)
    {
        files.Delete(id);
        return Task.CompletedTask;
    }

    public Task<int> Sweep(Func<ArtifactId, bool> hasRow, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var (path, id, isPartial) in files.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsWanted() && ArtifactFiles.DeleteUnlessLocked(path, IsWanted))
                removed++;

            bool IsWanted() => !isPartial && hasRow(id);
        }

        return Task.FromResult(removed);
    }

    // Open, and by that locked, until the row exists: between the two a sweep must not take it for rubbish.
    private sealed class Unfinished(ArtifactFiles files, ArtifactId id, FileStream file) : IUnfinishedBytes
    {
        public ArtifactId Id => id;

        public Stream Content => file;

        public bool IsSafe => true;

        public Task Publish(CancellationToken cancellationToken)
        {
            file.Flush(flushToDisk: true);
            files.Publish(id);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => file.DisposeAsync();
    }
}
