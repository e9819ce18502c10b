using Microsoft.Extensions.Options;
using Sandbox.Runtime.Oci;

namespace Sandbox.Runtime.Templates;

/// <summary>Root file systems in the node's library folder: made beside their place, sealed, and moved there whole.</summary>
internal sealed class TemplateRoots(HostLayout layout, IOptions<TemplateOptions> options) : ITemplateRoots
{
    private const string Staging = ".new";

    private readonly Lock _placing = new();

    public Task<ImportedRoot> Unpack(Stream archive, CancellationToken cancellationToken) =>
        Take((import, token) => import.Run(archive, token), cancellationToken);

    public Task<ImportedRoot> UnpackLayer(Stream archive, CancellationToken cancellationToken) =>
        Take((import, token) => import.RunLayer(archive, token), cancellationToken);

    public async Task<ImportedRoot> Copy(string folder, CancellationToken cancellationToken)
    {
        if (Refuse(folder) is { } reason)
            throw new TemplateContentException(reason);
        await using var archive = FolderArchive.Open(folder);
        var root = await Unpack(archive.Content, cancellationToken);
        await archive.Complete(cancellationToken);
        return root.Format == "rootfs" ? root with { Format = "folder" } : root;
    }

    public string? Refuse(string folder) => LocalFolderRules.Refuse(folder, [.. options.Value.LocalFolders]);

    public bool IsWhole(string digest)
    {
        var place = layout.RootFolder(digest);
        return RootSeal.Read(place) is { } seal
            && seal.Digest == digest
            && Directory.Exists(RootImport.RootIn(place))
            && RootShape.Of(RootImport.RootIn(place)) == seal.Shape;
    }

    public long SizeOf(string digest) => RootSeal.Read(layout.RootFolder(digest))?.SizeBytes ?? 0;

    public void Remove(string digest)
    {
        lock (_placing)
        {
            var place = layout.RootFolder(digest);
            if (Directory.Exists(place))
                Directory.Delete(HostLayout.MoveAside(place), recursive: true);
        }
    }

    public void RemoveAllBut(IReadOnlySet<string> digests)
    {
        if (!Directory.Exists(layout.Roots))
            return;
        var kept = digests.Select(layout.RootFolder).ToHashSet(StringComparer.Ordinal);
        foreach (var folder in Directory.EnumerateDirectories(layout.Roots).Where(folder => !kept.Contains(folder)).ToList())
            Directory.Delete(HostLayout.MoveAside(folder), recursive: true);
    }

    public bool InUse(string template) =>
        Directory.Exists(layout.Boxes) && Directory.EnumerateDirectories(layout.Boxes).Any(box => BoxRecord.Read(box)?.Spec.Template == template);

    private async Task<ImportedRoot> Take(Func<RootImport, CancellationToken, Task<(ImportedRoot Root, RootSeal Seal)>> run, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(options.Value.MaxImportSeconds));
        var staging = Path.Combine(layout.Roots, $"{Guid.NewGuid():N}{Staging}");
        try
        {
            MakePrivate(staging);
            var (root, seal) = await run(new RootImport(staging, options.Value), timeout.Token);
            await Task.Run(() => Place(staging, seal), timeout.Token);
            return root;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TemplateContentException($"It took longer than {options.Value.MaxImportSeconds} seconds to come in.", e);
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }

    // What lies there and is whole is the same; what is not whole is of no use to anybody.
    private void Place(string staging, RootSeal seal)
    {
        lock (_placing)
        {
            var place = layout.RootFolder(seal.Digest);
            if (Directory.Exists(place))
            {
                if (IsWhole(seal.Digest))
                    return;
                Directory.Delete(HostLayout.MoveAside(place), recursive: true);
            }

            File.SetUnixFileMode(staging, HostLayout.Traversable);
            seal.Place(staging, place);
        }
    }

    private static void MakePrivate(string folder) =>
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
