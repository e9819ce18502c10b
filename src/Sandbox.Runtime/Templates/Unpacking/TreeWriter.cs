namespace Sandbox.Runtime.Templates.Unpacking;

/// <summary>
/// Writes a <see cref="RootTree"/> into an empty folder that nobody else can write to. Folders first, then files, links last:
/// while paths are opened there is no link among them. Files belong to the host's root, and everybody may read them,
/// because root inside a sandbox is a stranger here.
/// </summary>
internal sealed class TreeWriter(RootTree tree, string target)
{
    private const UnixFileMode Readable = (UnixFileMode)0b110_100_100;
    private const UnixFileMode Runnable = (UnixFileMode)0b111_101_101;
    private const UnixFileMode Writable = (UnixFileMode)0b111_111_111;

    private readonly Dictionary<string, string> _placed = new(StringComparer.Ordinal);
    private readonly List<(string Path, string Target)> _links = [];

    /// <summary>Bytes of all files, each content once.</summary>
    public long Bytes { get; private set; }

    public void Write(CancellationToken cancellationToken)
    {
        WriteFolder(tree.Root, string.Empty, cancellationToken);
        foreach (var (path, linkTarget) in _links)
            File.CreateSymbolicLink(path, linkTarget);
    }

    private void WriteFolder(TreeFolder folder, string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var place = Path.Combine(target, path);
        Directory.CreateDirectory(place);
        // Engines differ in whether a mount keeps its own mode or takes that of the folder below it.
        File.SetUnixFileMode(place, !RootCompletion.IsWritable(path) ? Runnable : path == "tmp" ? Writable | UnixFileMode.StickyBit : Writable);
        foreach (var (name, node) in folder.Children)
        {
            var below = path.Length == 0 ? name : $"{path}/{name}";
            if (node is TreeFolder inner)
                WriteFolder(inner, below, cancellationToken);
            else if (node is TreeFile file)
                WriteFile(file, Path.Combine(target, below));
            else
                _links.Add((Path.Combine(target, below), ((TreeLink)node).Target));
        }
    }

    private void WriteFile(TreeFile file, string path)
    {
        var content = file.Content;
        if (_placed.TryGetValue(content.Path, out var first))
        {
            LinkTo(first, path);
            return;
        }

        File.SetUnixFileMode(content.Path, file.Executable ? Runnable : Readable);
        // Compiled modules are told from outdated ones by the time of their source.
        File.SetLastWriteTimeUtc(content.Path, file.ModifiedAt.UtcDateTime);
        File.Move(content.Path, path);
        _placed.Add(content.Path, path);
        Bytes += content.Length;
    }

    private static void LinkTo(string first, string path)
    {
        try
        {
            Libc.Link(first, path);
        }
        catch (IOException e)
        {
            throw new TemplateContentException("One file has more names than the node's file system can give it.", e);
        }
    }
}
