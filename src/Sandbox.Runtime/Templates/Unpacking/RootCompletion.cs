using System.Text;

namespace Sandbox.Runtime.Templates.Unpacking;

/// <summary>Sees to it that a root file system has what a sandbox needs: the folders that are mounted on, a shell, and the few files that programs count on.</summary>
internal static class RootCompletion
{
    private static readonly string[] MountPoints = ["proc", "sys", "dev", "tmp", "workspace", "etc", "run/sandbox", "opt/sandbox", PackageLayer.Inside[1..]];
    private static readonly string[] WritableFolders = ["workspace", "tmp"];

    /// <summary>Adds what is missing.</summary>
    /// <exception cref="TemplateContentException">Something is in the way, or no shell is there.</exception>
    public static async Task Complete(RootTree tree, FileSpool spool, CancellationToken cancellationToken)
    {
        foreach (var point in MountPoints)
            RequireFolder(tree, point);
        // An image that has modules for all of its programs keeps them.
        if (tree.Find(PackageLayer.NodeLink[1..]) is null)
            tree.AddLink(PackageLayer.NodeLink[1..], PackageLayer.NodeLinkTarget);
        // The agent runs with a loader of its own, which would load what this file names.
        (tree.Find("etc") as TreeFolder)?.Children.Remove("ld.so.preload");
        foreach (var (path, content) in HostTemplate.Written)
        {
            // An image has these empty where its engine was to fill them in.
            if (tree.Find(path) is null or TreeFile { Content.Length: 0 })
                await Write(tree, spool, path, content, cancellationToken);
        }

        if (tree.FindFile("bin/sh") is not { Executable: true })
            throw new TemplateContentException("It has no program /bin/sh: it is no root file system, or one that nothing can run in.");
    }

    /// <summary>Whether code inside may write to a folder of this path where it is mounted on.</summary>
    public static bool IsWritable(string path) => WritableFolders.Contains(path);

    // Mounted on a link, something would come to lie where the link leads.
    private static void RequireFolder(RootTree tree, string path)
    {
        var names = path.Split('/');
        for (var i = 1; i <= names.Length; i++)
        {
            var folder = string.Join('/', names[..i]);
            if (tree.Find(folder) is not (null or TreeFolder))
                throw new TemplateContentException($"Its /{folder} is no folder; a sandbox needs one there.");
        }

        tree.AddFolder(path);
    }

    private static async Task Write(RootTree tree, FileSpool spool, string path, string content, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var file = await spool.Add(new MemoryStream(bytes), bytes.Length, cancellationToken);
        tree.AddFile(path, file, executable: false, DateTimeOffset.UnixEpoch);
    }
}
