namespace Sandbox.Runtime.Templates;

/// <summary>The root file systems of imported templates on this node, each under the digest of its content.</summary>
public interface ITemplateRoots
{
    /// <summary>
    /// Unpacks an archive: a root file system, an OCI image layout or what <c>docker save</c> writes, compressed by gzip or
    /// not. It is there whole, and on the disk, when this completes; otherwise nothing of it is left.
    /// </summary>
    /// <exception cref="TemplateContentException">It cannot become a root file system.</exception>
    Task<ImportedRoot> Unpack(Stream archive, CancellationToken cancellationToken);

    /// <summary>Unpacks what is to be mounted beside a root file system, likewise.</summary>
    /// <exception cref="TemplateContentException">It is refused.</exception>
    Task<ImportedRoot> UnpackLayer(Stream archive, CancellationToken cancellationToken);

    /// <summary>Takes a folder of this host in, likewise. Only below those of <see cref="TemplateOptions.LocalFolders"/>.</summary>
    /// <exception cref="TemplateContentException">It cannot become a root file system.</exception>
    Task<ImportedRoot> Copy(string folder, CancellationToken cancellationToken);

    /// <summary>Why a folder cannot be taken in; null when it can.</summary>
    string? Refuse(string folder);

    /// <summary>Whether a root file system is there as it was put.</summary>
    bool IsWhole(string digest);

    /// <summary>Bytes of its files; 0 where it is not there.</summary>
    long SizeOf(string digest);

    /// <summary>Removes one. Only when no sandbox can have it mounted.</summary>
    void Remove(string digest);

    /// <summary>Removes all but these, and what an earlier process left half-done.</summary>
    void RemoveAllBut(IReadOnlySet<string> digests);

    /// <summary>Whether a sandbox of a template exists on this node.</summary>
    bool InUse(string template);
}

/// <summary>A root file system that was taken in.</summary>
/// <param name="Digest">SHA-256 of what it is, lower-case hexadecimal.</param>
/// <param name="SizeBytes">Bytes of its files.</param>
/// <param name="Format">What it came as: <c>rootfs</c>, <c>image</c>, <c>folder</c> or <c>layer</c>.</param>
/// <param name="Env">Environment that an image sets.</param>
public sealed record ImportedRoot(string Digest, long SizeBytes, string Format, IReadOnlyDictionary<string, string> Env);
