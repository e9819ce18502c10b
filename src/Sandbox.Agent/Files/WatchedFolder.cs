using System.Text;

namespace Sandbox.Agent.Files;

/// <summary>
/// One folder of a tree that is watched. It has one place for ever: a folder that is moved is forgotten and watched anew, so
/// that no tree becomes deeper than what is watched at all. Names are kept byte for byte, a character each.
/// </summary>
internal sealed class WatchedFolder
{
    private readonly Dictionary<string, WatchedFolder> inner = new(StringComparer.Ordinal);
    private readonly WatchedFolder? outer;
    private readonly string name = "";

    /// <summary>The folder that is watched itself.</summary>
    /// <param name="watch">Number that the kernel gave it.</param>
    public WatchedFolder(int watch) => Watch = watch;

    /// <summary>A folder in another one.</summary>
    public WatchedFolder(int watch, WatchedFolder outer, string name)
    {
        Watch = watch;
        this.outer = outer;
        this.name = name;
        Depth = outer.Depth + 1;
        outer.inner[name] = this;
    }

    public int Watch { get; }

    /// <summary>How many folders are around it.</summary>
    public int Depth { get; }

    public bool IsRoot => outer is null;

    /// <summary>Path of something in the folder, relative to the root of the tree; what is no valid UTF-8 in it is U+FFFD.</summary>
    public string PathOf(string entry) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(string.Join('/', [.. Names(), entry])));

    /// <summary>The names that lead here from the root.</summary>
    public string[] Names() => outer is null ? [] : [.. outer.Names(), name];

    public WatchedFolder? Find(string entry) => inner.GetValueOrDefault(entry);

    public bool IsAt(WatchedFolder folder, string entry) => outer == folder && name == entry;

    /// <summary>Takes the folder out of the one around it, which may have another one of that name by now.</summary>
    public void Detach()
    {
        if (outer?.Find(name) == this)
            outer.inner.Remove(name);
    }

    /// <summary>The folder and all below it.</summary>
    public IEnumerable<WatchedFolder> All() => inner.Values.SelectMany(folder => folder.All()).Append(this);
}
