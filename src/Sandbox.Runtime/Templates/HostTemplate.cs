namespace Sandbox.Runtime.Templates;

/// <summary>
/// The template <c>default</c>: the host's <c>/usr</c>, read-only, below an otherwise empty tree with a synthesised
/// <c>/etc</c>. Nothing of the host's <c>/etc</c>, <c>/home</c>, <c>/var</c> or <c>/root</c> is in it.
/// </summary>
internal static class HostTemplate
{
    public const string Name = "default";

    /// <summary>User and group of the code inside.</summary>
    public const int UserId = 1000;

    private static readonly string[] MountPoints = ["usr", "proc", "sys", "dev", "tmp", "workspace", "run/sandbox", "opt/sandbox", PackageLayer.Inside[1..], "etc", "var/tmp", "home", "mnt", "root"];

    // What clients of other services call the workspace: the home of E2B's user, the data folder of Azure's dynamic sessions.
    private static readonly string[] WorkspaceNames = ["home/user", "mnt/data"];

    private static readonly string[] UsrLinks = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

    // Public data that programs need from /etc: how libraries and alternatives are found, whom TLS trusts, and what draws figures.
    private static readonly string[] CopiedFromEtc = ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "ssl/certs", "ssl/openssl.cnf", "mime.types", "protocols", "services", "fonts", "matplotlibrc"];

    /// <summary>Files that programs count on, with nothing of the host in them.</summary>
    public static readonly IReadOnlyList<(string Path, string Content)> Written =
    [
        ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/workspace:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"),
        ("etc/group", "root:x:0:\ntty:x:5:\nuser:x:1000:\nnogroup:x:65534:\n"),
        ("etc/hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n"),
        ("etc/hostname", "sandbox\n"),
        ("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
        ("etc/resolv.conf", string.Empty),
        ("etc/os-release", "ID=sandbox\nNAME=\"Sandbox\"\nPRETTY_NAME=\"Sandbox\"\n"),
        ("etc/profile", "export PATH=/usr/local/bin:/usr/bin:/bin\n"),
    ];

    /// <summary>Makes the tree anew in <paramref name="root"/>, which must not exist.</summary>
    public static void Build(string root)
    {
        foreach (var point in MountPoints)
            Directory.CreateDirectory(Path.Combine(root, point));
        // Engines differ in whether a mount keeps its own mode or takes that of the folder below it.
        File.SetUnixFileMode(Path.Combine(root, "workspace"), (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(Path.Combine(root, "tmp"), UnixFileMode.StickyBit | (UnixFileMode)0b111_111_111);
        foreach (var link in UsrLinks.Where(link => Directory.Exists("/usr/" + link)))
            File.CreateSymbolicLink(Path.Combine(root, link), "usr/" + link);
        foreach (var name in WorkspaceNames)
            File.CreateSymbolicLink(Path.Combine(root, name), "/workspace");
        File.CreateSymbolicLink(root + PackageLayer.NodeLink, PackageLayer.NodeLinkTarget);
        foreach (var (path, content) in Written)
            File.WriteAllText(Path.Combine(root, path), content);
        foreach (var name in CopiedFromEtc)
            Copy(Path.Combine("/etc", name), Path.Combine(root, "etc", name));
    }

    private static void Copy(string source, string target)
    {
        if (new FileInfo(source).LinkTarget is { } link)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.CreateSymbolicLink(target, link);
        }
        else if (Directory.Exists(source))
        {
            Directory.CreateDirectory(target);
            foreach (var child in Directory.EnumerateFileSystemEntries(source))
                Copy(child, Path.Combine(target, Path.GetFileName(child)));
        }
        else if (File.Exists(source))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target);
        }
    }
}
