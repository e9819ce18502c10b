using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Runtime.Templates;

/// <summary>
/// Hash of what a folder has: names, kinds, sizes, modes, times and links, without a look at any content. By it a root file
/// system of gigabytes is known again at every start.
/// </summary>
internal static class RootShape
{
    /// <summary>The hash, lower-case hexadecimal. Links are not followed.</summary>
    public static string Of(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, new DirectoryInfo(folder));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static void Add(IncrementalHash hash, DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var link = entry.LinkTarget;
            AddText(hash, entry.Name);
            AddText(hash, link ?? Describe(entry));
            if (link is null && entry is DirectoryInfo inner)
                Add(hash, inner);
        }

        AddText(hash, string.Empty);
    }

    private static string Describe(FileSystemInfo entry) => entry is FileInfo file
        ? string.Create(CultureInfo.InvariantCulture, $"/{file.Length} {(int)file.UnixFileMode} {new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeSeconds()}")
        : string.Create(CultureInfo.InvariantCulture, $"/ {(int)entry.UnixFileMode}");

    private static void AddText(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + '\0'));
}
