using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Runtime.Templates;

/// <summary>Hash of a folder's names, contents and links, by which equal trees are recognized.</summary>
internal static class TreeHash
{
    private const int Characters = 16;

    /// <summary>The first 64 bits of a SHA-256, in lower-case hexadecimal. Links are not followed.</summary>
    public static string Of(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, new DirectoryInfo(folder));
        return Convert.ToHexStringLower(hash.GetCurrentHash())[..Characters];
    }

    private static void Add(IncrementalHash hash, DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            AddText(hash, entry.Name);
            AddText(hash, entry.LinkTarget ?? string.Empty);
            if (entry.LinkTarget is not null)
                continue;
            if (entry is DirectoryInfo inner)
                Add(hash, inner);
            else
                AddBytes(hash, File.ReadAllBytes(entry.FullName));
        }

        AddText(hash, "/");
    }

    private static void AddText(IncrementalHash hash, string text) => AddBytes(hash, Encoding.UTF8.GetBytes(text));

    // With its length before it, so that two trees never give the same bytes.
    private static void AddBytes(IncrementalHash hash, byte[] bytes)
    {
        hash.AppendData(BitConverter.GetBytes(bytes.LongLength));
        hash.AppendData(bytes);
    }
}
