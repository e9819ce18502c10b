using System.Globalization;
using Sandbox.Runtime.Oci;
using Sandbox.Runtime.Oci.Cgroups;
using Sandbox.Runtime.Oci.Checkpoints;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>
/// Looks at the host itself, not at what the runtime says: processes, cgroups, mounts and folders of one node's sandboxes.
/// </summary>
internal sealed class NodeTraces(HostLayout layout, long firstHostId, int maxSandboxes)
{
    private const long MaxFolderBytes = 4 << 20;

    /// <summary>One line for each thing that is there although no sandbox should be.</summary>
    public IReadOnlyList<string> Find() => [.. Folders(), .. Groups(), .. Mounts(), .. Processes(), .. Sizes()];

    /// <summary>Processes of the host that belong to sandboxes of the node: by their user, or because they are an engine's.</summary>
    public IEnumerable<string> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[6])))
        {
            var (status, command) = (Read(Path.Combine(folder, "status")), Read(Path.Combine(folder, "cmdline")));
            // What is dead and only waits to be collected by its parent holds nothing.
            if (status.Contains("\nState:\tZ", StringComparison.Ordinal))
                continue;
            if (IsOurs(UserOf(status)) || command.Contains(layout.InstanceRun + "/", StringComparison.Ordinal))
                yield return $"process {folder[6..]}: {command.Replace('\0', ' ')}";
        }
    }

    /// <summary>Takes away what a whole node leaves on its host: a server that starts again would want it, a test does not.</summary>
    public async Task RemoveInstance()
    {
        await MountNamespace.Release(layout.CrunNamespace);
        await ImageMount.Release(layout.Images);
        foreach (var group in CgroupRoots())
            CgroupFile.RemoveTree(group);
        Directory.Delete(layout.InstanceRun, recursive: true);
        Directory.Delete(Path.GetDirectoryName(layout.Agent)!, recursive: true);
    }

    private IEnumerable<string> Folders() => Directory.EnumerateFileSystemEntries(layout.Boxes).Select(path => "folder " + path);

    private IEnumerable<string> Groups() => CgroupRoots().SelectMany(Directory.EnumerateDirectories).Select(path => "cgroup " + path);

    private IEnumerable<string> Mounts() => File.ReadLines("/proc/self/mountinfo")
        .Where(line => line.Contains(layout.Boxes, StringComparison.Ordinal))
        .Select(line => "mount " + line);

    private IEnumerable<string> Sizes()
    {
        var bytes = new DirectoryInfo(layout.InstanceRun).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        if (bytes > MaxFolderBytes)
            yield return $"{bytes} bytes below {layout.InstanceRun}";
    }

    private IEnumerable<string> CgroupRoots() => Directory.EnumerateDirectories(CgroupHost.Root).Append(CgroupHost.Root)
        .Select(tree => tree + layout.CgroupParent)
        .Where(Directory.Exists);

    private bool IsOurs(long user) => user >= firstHostId && user < firstHostId + (maxSandboxes * (long)IdRanges.Size);

    private static long UserOf(string status)
    {
        var line = status.Split('\n').FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        return line is null ? -1 : long.Parse(line.Split('\t')[1], CultureInfo.InvariantCulture);
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
            return string.Empty;
        }
    }
}
