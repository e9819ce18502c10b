namespace Sandbox.Runtime.Templates.Unpacking;

/// <summary>An entry of a <see cref="RootTree"/>.</summary>
internal abstract class TreeNode
{
    /// <summary>Number of the layer that last said something of it.</summary>
    public int Layer { get; set; }
}

/// <summary>A folder.</summary>
internal sealed class TreeFolder : TreeNode
{
    public Dictionary<string, TreeNode> Children { get; } = new(StringComparer.Ordinal);
}

/// <summary>A regular file. Hard links are several of these with one content.</summary>
internal sealed class TreeFile(SpooledFile content, bool executable, DateTimeOffset modifiedAt) : TreeNode
{
    public SpooledFile Content => content;

    public bool Executable => executable;

    public DateTimeOffset ModifiedAt => modifiedAt;
}

/// <summary>A symbolic link, as it is written. Nothing on the host ever follows it.</summary>
internal sealed class TreeLink(string target) : TreeNode
{
    public string Target => target;
}
