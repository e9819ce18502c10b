using Sandbox.Runtime.Templates.Unpacking;

namespace Sandbox.Runtime.Templates;

/// <summary>One import, in a staging folder of its own: everything goes to a spool, becomes a tree, and is written out when the tree is whole.</summary>
internal sealed class RootImport(string staging, TemplateOptions limits)
{
    private readonly ArchiveReader _reader = new(new FileSpool(SpoolOf(staging), limits.MaxBytes), limits.MaxBytes);

    /// <summary>The root file system within the staging folder.</summary>
    public static string RootIn(string folder) => Path.Combine(folder, "root");

    public async Task<(ImportedRoot Root, RootSeal Seal)> Run(Stream archive, CancellationToken cancellationToken)
    {
        var tree = await Read(archive, cancellationToken);
        var image = ImageManifestReader.Find(tree);
        if (image is not null)
            tree = await Flatten(image, cancellationToken);
        await RootCompletion.Complete(tree, Spool("completion"), cancellationToken);
        return await Write(tree, image is null ? "rootfs" : "image", image?.Env, cancellationToken);
    }

    /// <summary>Takes in what is to be mounted beside a root, as it is.</summary>
    public async Task<(ImportedRoot Root, RootSeal Seal)> RunLayer(Stream archive, CancellationToken cancellationToken) =>
        await Write(await Read(archive, cancellationToken), "layer", null, cancellationToken);

    private async Task<RootTree> Read(Stream archive, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(SpoolOf(staging));
        var tree = new RootTree(limits.MaxEntries);
        await _reader.Read(archive, tree, isLayer: false, cancellationToken);
        return tree;
    }

    private async Task<(ImportedRoot Root, RootSeal Seal)> Write(RootTree tree, string format, IReadOnlyDictionary<string, string>? env, CancellationToken cancellationToken)
    {
        var digest = RootDigest.Of(tree);
        var writer = new TreeWriter(tree, RootIn(staging));
        await Task.Run(() => writer.Write(cancellationToken), cancellationToken);
        Directory.Delete(SpoolOf(staging), recursive: true);
        var root = new ImportedRoot(digest, writer.Bytes, format, env ?? new Dictionary<string, string>());
        return (root, new RootSeal(digest, writer.Bytes, RootShape.Of(RootIn(staging))));
    }

    private async Task<RootTree> Flatten(ImageManifest image, CancellationToken cancellationToken)
    {
        var reader = new ArchiveReader(Spool("layers"), limits.MaxBytes);
        var tree = new RootTree(limits.MaxEntries);
        foreach (var layer in image.Layers)
        {
            await using var content = File.OpenRead(layer.Content.Path);
            await reader.Read(content, tree, isLayer: true, cancellationToken);
            tree.Layer++;
        }

        return tree;
    }

    private FileSpool Spool(string name)
    {
        var folder = Path.Combine(SpoolOf(staging), name);
        Directory.CreateDirectory(folder);
        return new FileSpool(folder, limits.MaxBytes);
    }

    private static string SpoolOf(string staging) => Path.Combine(staging, "spool");
}
