using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Runtime.Templates.Unpacking;

/// <summary>SHA-256 over what a root file system is: names, kinds, modes, times and contents. Equal ones lie on a node once.</summary>
internal static class RootDigest
{
    /// <summary>The digest of a tree, lower-case hexadecimal.</summary>
    public static string Of(RootTree tree)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, tree.Root);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    // Names hold no zero byte and are no empty texts, so that two trees never give the same bytes.
    private static void Add(IncrementalHash hash, TreeFolder folder)
    {
        foreach (var (name, node) in folder.Children.OrderBy(child => child.Key, StringComparer.Ordinal))
        {
            AddText(hash, name);
            switch (node)
            {
                case TreeFolder inner:
                    AddText(hash, "folder");
                    Add(hash, inner);
                    break;
                case TreeFile file:
                    AddText(hash, file.Executable ? "program" : "file");
                    AddText(hash, file.ModifiedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
                    AddText(hash, file.Content.Sha256);
                    break;
                case TreeLink link:
                    AddText(hash, "link");
                    AddText(hash, link.Target);
                    break;
            }
        }

        AddText(hash, string.Empty);
    }

    private static void AddText(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + '\0'));
}
