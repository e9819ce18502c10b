using System.Text;
using System.Text.Unicode;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>What the kernel says of a file, as it is told to the host. Runs on the file thread.</summary>
internal static unsafe class FileDescription
{
    private const int MostTargetBytes = 4096;

    /// <summary>Describes a path; no link is followed in any component.</summary>
    public static FileEntry Stat(string path)
    {
        bool isRoot = FolderPath.IsRoot(path);
        string name = ".";
        int folder = isRoot ? FolderPath.Open(path) : FolderPath.OpenAround(path, follow: false, out name);
        try
        {
            fixed (byte* bytes = Encoding.UTF8.GetBytes(name + '\0'))
            {
                Entry entry;
                FileErrors.Checked(Libc.DescribeAt(folder, bytes, &entry), path);
                return Of(path, entry) with { LinkTarget = Target(folder, bytes, entry.Kind) };
            }
        }
        finally
        {
            _ = Libc.Close(folder);
        }
    }

    public static FileEntry Of(string path, Entry entry) => new(
        path,
        entry.Kind switch
        {
            EntryKind.File => FileKind.File,
            EntryKind.Directory => FileKind.Directory,
            EntryKind.Link => FileKind.Link,
            _ => FileKind.Other,
        },
        entry.Size,
        entry.Mode,
        entry.Modified,
        entry.Changed,
        entry.Inode);

    /// <summary>As <see cref="Of(string, Entry)"/>, for a path that need not be UTF-8.</summary>
    public static FileEntry Of(byte[] path, Entry entry) =>
        Of(Encoding.UTF8.GetString(path), entry) with { RawPath = Utf8.IsValid(path) ? null : path };

    /// <summary>Where a link leads to; null where it is none, or none any more.</summary>
    public static string? Target(int folder, byte* name, EntryKind kind)
    {
        if (kind != EntryKind.Link)
            return null;
        byte* target = stackalloc byte[MostTargetBytes];
        int length = Libc.ReadLink(folder, name, target, MostTargetBytes);
        return length >= 0 ? Encoding.UTF8.GetString(target, length) : null;
    }
}
