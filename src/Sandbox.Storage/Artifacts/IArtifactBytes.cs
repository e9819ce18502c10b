using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Storage.Artifacts;

/// <summary>
/// Where the encrypted bytes of artifacts lie, by id. What an artifact is, its key included, is in the database: bytes without a row
/// are rubbish that nobody can read. Every backend passes the conformance suite of the store.
/// </summary>
internal interface IArtifactBytes
{
    /// <summary>One of <see cref="ArtifactStores"/>; kept with each artifact.</summary>
    string Name { get; }

    /// <summary>Makes ready and checks what can be wrong with the settings, at the start of the server.</summary>
    Task Prepare(CancellationToken cancellationToken);

    /// <summary>Begins an object under a new id. Until it is disposed no sweep takes it for rubbish.</summary>
    Task<IUnfinishedBytes> Create(CancellationToken cancellationToken);

    /// <summary>A complete object, seekable, to be read in large pieces; null when there is none.</summary>
    Task<Stream?> OpenRead(ArtifactId id, CancellationToken cancellationToken);

    /// <summary>Removes whatever there is of an object.</summary>
    Task Delete(ArtifactId id, CancellationToken cancellationToken);

    /// <summary>
    /// Removes what processes that were killed have left: unfinished objects, and those that <paramref name="hasRow"/> knows nothing of.
    /// Objects that somebody writes at that time, in whatever process, stay. Returns how many it removed.
    /// </summary>
    Task<int> Sweep(Func<ArtifactId, bool> hasRow, CancellationToken cancellationToken);
}

/// <summary>An object that is being written.</summary>
internal interface IUnfinishedBytes : IAsyncDisposable
{
    ArtifactId Id { get; }

    /// <summary>Takes the bytes, in order.</summary>
    Stream Content { get; }

    /// <summary>Makes it complete and durable.</summary>
    Task Publish(CancellationToken cancellationToken);

    /// <summary>Whether its row may still be written: not when a sweep may have taken it for rubbish meanwhile.</summary>
    bool IsSafe { get; }
}

/// <summary>Names of the places where bytes can lie.</summary>
public static class ArtifactStores
{
    /// <summary>A folder of the server.</summary>
    public const string Local = "local";

    /// <summary>A container of Azure Blob Storage.</summary>
    public const string Azure = "azure";
}
