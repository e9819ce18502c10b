namespace Sandbox.Runtime.Templates.Unpacking;

/// <summary>
/// A root file system before any of it is on the disk: what an archive says goes here, layer upon layer, and is written out
/// once when it is whole. A link is a text in this tree, so there is nothing that a path could be led through. Pure.
/// </summary>
internal sealed class RootTree(int maxEntries)
{
    private const int MaxTargetLength = 4095;
    private const int MaxHops = 16;

    private int _entries;

    public TreeFolder Root { get; } = new();

    /// <summary>The layer that is being applied; later ones hide earlier ones.</summary>
    public int Layer { get; set; }

    /// <summary>A folder. One that is there already stays with what it holds; anything else in its place goes.</summary>
    public TreeFolder AddFolder(string path)
    {
        var names = EntryName.Split(path);
        var folder = Root;
        for (var i = 0; i < names.Length; i++)
            folder = Enter(folder, names[i], path, replace: i == names.Length - 1);
        folder.Layer = Layer;
        return folder;
    }

    public void AddFile(string path, SpooledFile content, bool executable, DateTimeOffset modifiedAt) =>
        Put(path, new TreeFile(content, executable, modifiedAt));

    public void AddLink(string path, string target)
    {
        if (target.Length is 0 or > MaxTargetLength || target.Any(char.IsControl))
            throw EntryName.Refused(path, "is a link with an impossible target");
        Put(path, new TreeLink(target));
    }

    /// <summary>Another name for what an earlier entry is.</summary>
    public void AddHardLink(string path, string target)
    {
        Put(path, Find(target) switch
        {
            TreeFile file => new TreeFile(file.Content, file.Executable, file.ModifiedAt),
            TreeLink link => new TreeLink(link.Target),
            _ => throw EntryName.Refused(path, "is a hard link to something that is no file of the archive"),
        });
    }

    /// <summary>Takes away what earlier layers have put at a path. What it is, a link for one, does not matter.</summary>
    public void RemoveEarlier(string path)
    {
        if (FindParent(path, out var name) is { } folder && folder.Children.TryGetValue(name, out var node) && Prune(node))
            folder.Children.Remove(name);
    }

    /// <summary>Takes away what earlier layers have put into a folder.</summary>
    public void RemoveEarlierIn(string path)
    {
        if (Find(path) is TreeFolder folder)
            PruneChildren(folder);
    }

    /// <summary>What is at a path; links are not followed. Null when there is nothing.</summary>
    public TreeNode? Find(string path)
    {
        TreeNode? node = Root;
        foreach (var name in EntryName.Split(path))
            node = (node as TreeFolder)?.Children.GetValueOrDefault(name);
        return node;
    }

    /// <summary>The file at a path, through links within this tree as a program inside would follow them.</summary>
    public TreeFile? FindFile(string path)
    {
        var pending = new Stack<string>(path.Split('/').Reverse());
        var folders = new Stack<TreeFolder>([Root]);
        for (var hops = 0; pending.TryPop(out var name);)
        {
            if (name is "" or ".")
                continue;
            if (name == "..")
            {
                if (folders.Count > 1)
                    folders.Pop();
                continue;
            }

            switch (folders.Peek().Children.GetValueOrDefault(name))
            {
                case TreeFolder folder:
                    folders.Push(folder);
                    break;
                case TreeLink link when ++hops <= MaxHops:
                    if (link.Target.StartsWith('/'))
                        folders = new Stack<TreeFolder>([Root]);
                    foreach (var part in link.Target.Split('/').Reverse())
                        pending.Push(part);
                    break;
                case TreeFile file:
                    return pending.Count == 0 ? file : null;
                default:
                    return null;
            }
        }

        return null;
    }

    private void Put(string path, TreeNode node)
    {
        var names = EntryName.Split(path);
        if (names.Length == 0)
            throw EntryName.Refused(path, "would take the place of the root");
        var folder = Root;
        foreach (var name in names.AsSpan(0, names.Length - 1))
            folder = Enter(folder, name, path, replace: false);
        Count();
        node.Layer = Layer;
        folder.Children[names[^1]] = node;
    }

    // Missing folders are made. What goes through a link or a file is refused: it could mean a place elsewhere.
    private TreeFolder Enter(TreeFolder folder, string name, string path, bool replace)
    {
        switch (folder.Children.GetValueOrDefault(name))
        {
            case TreeFolder known:
                return known;
            case TreeLink when !replace:
                throw EntryName.Refused(path, $"goes through the link '{name}'");
            case TreeFile when !replace:
                throw EntryName.Refused(path, $"goes through the file '{name}'");
        }

        Count();
        var made = new TreeFolder { Layer = Layer };
        folder.Children[name] = made;
        return made;
    }

    private TreeFolder? FindParent(string path, out string name)
    {
        var names = EntryName.Split(path);
        name = names.Length > 0 ? names[^1] : string.Empty;
        return names.Length == 0 ? null : Find(string.Join('/', names[..^1])) as TreeFolder;
    }

    // True when nothing of it is of the present layer.
    private bool Prune(TreeNode node)
    {
        if (node is TreeFolder folder)
        {
            PruneChildren(folder);
            return folder.Layer < Layer && folder.Children.Count == 0;
        }

        return node.Layer < Layer;
    }

    private void PruneChildren(TreeFolder folder)
    {
        foreach (var (name, child) in folder.Children.ToList())
        {
            if (Prune(child))
                folder.Children.Remove(name);
        }
    }

    private void Count()
    {
        if (++_entries > maxEntries)
            throw new TemplateContentException($"There are more than {maxEntries} entries.");
    }
}
