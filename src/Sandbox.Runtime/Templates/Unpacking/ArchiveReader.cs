using System.Formats.Tar;

namespace Sandbox.Runtime.Templates.Unpacking;

/// <summary>Reads a tar archive, compressed by gzip or not, into a <see cref="RootTree"/>. Owners, set-id bits, attributes and devices are dropped.</summary>
internal sealed class ArchiveReader(FileSpool spool, long maxBytes)
{
    // Long names and attributes of an entry come before it, and are taken into memory.
    private const int HeaderBytes = 1 << 20;
    private const int BlockBytes = 512;
    private const string Whiteout = ".wh.";
    private const string OpaqueWhiteout = ".wh..wh..opq";
    private const string SparseAttribute = "GNU.sparse.";
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Reads to the end.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="tree">What to add it to.</param>
    /// <param name="isLayer">Whether names that begin with <c>.wh.</c> take away what earlier layers have.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TemplateContentException">It is no archive, or has something that is refused.</exception>
    public async Task Read(Stream archive, RootTree tree, bool isLayer, CancellationToken cancellationToken)
    {
        try
        {
            await using var plain = await Compression.Open(archive, cancellationToken);
            var metered = new MeteredStream(plain, maxBytes);
            await using var reader = new TarReader(metered, leaveOpen: true);
            while (true)
            {
                metered.Allow(HeaderBytes);
                if (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is not { } entry)
                    return;
                metered.Allow(entry.Length + BlockBytes);
                await Add(entry, tree, isLayer, cancellationToken);
            }
        }
        catch (NotSupportedException e)
        {
            throw new TemplateContentException("It has an entry of a kind that is not supported, such as a sparse file.", e);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or InvalidOperationException or OverflowException)
        {
            throw new TemplateContentException("It is no whole tar archive, compressed by gzip or not.", e);
        }
    }

    private async Task Add(TarEntry entry, RootTree tree, bool isLayer, CancellationToken cancellationToken)
    {
        if (isLayer && entry is not PaxGlobalExtendedAttributesTarEntry && ApplyWhiteout(entry.Name, tree))
            return;
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                tree.AddFolder(entry.Name);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                await AddFile(entry, tree, cancellationToken);
                break;
            case TarEntryType.SymbolicLink:
                tree.AddLink(entry.Name, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                tree.AddHardLink(entry.Name, entry.LinkName);
                break;
            case TarEntryType.CharacterDevice or TarEntryType.BlockDevice or TarEntryType.Fifo:
                // Sandboxes have a /dev of their own, and no other device works in them. The name must be one all the same.
                _ = EntryName.Split(entry.Name);
                break;
            case TarEntryType.GlobalExtendedAttributes:
                break;
            default:
                throw EntryName.Refused(entry.Name, $"is of the kind {entry.EntryType}, which is not supported");
        }
    }

    private async Task AddFile(TarEntry entry, RootTree tree, CancellationToken cancellationToken)
    {
        if (entry is PaxTarEntry pax && pax.ExtendedAttributes.Keys.Any(key => key.StartsWith(SparseAttribute, StringComparison.Ordinal)))
            throw EntryName.Refused(entry.Name, "is a sparse file, which is not supported");
        // Before its bytes are taken.
        _ = EntryName.Split(entry.Name);
        var content = await spool.Add(entry.DataStream ?? Stream.Null, entry.Length, cancellationToken);
        tree.AddFile(entry.Name, content, (entry.Mode & AnyExecute) != 0, entry.ModificationTime);
    }

    private static bool ApplyWhiteout(string path, RootTree tree)
    {
        var trimmed = path.TrimEnd('/');
        var slash = trimmed.LastIndexOf('/');
        var (folder, name) = (slash < 0 ? string.Empty : trimmed[..slash], trimmed[(slash + 1)..]);
        if (!name.StartsWith(Whiteout, StringComparison.Ordinal))
            return false;
        if (name == OpaqueWhiteout)
            tree.RemoveEarlierIn(folder);
        // Others that begin twice with it are notes of the storage that made the image.
        else if (!name.StartsWith(Whiteout + Whiteout, StringComparison.Ordinal))
            tree.RemoveEarlier(Hidden(path, folder, name[Whiteout.Length..]));
        return true;
    }

    private static string Hidden(string path, string folder, string name) => name is "" or "." or ".."
        ? throw EntryName.Refused(path, "takes away nothing that has a name")
        : folder.Length == 0 ? name : $"{folder}/{name}";
}
