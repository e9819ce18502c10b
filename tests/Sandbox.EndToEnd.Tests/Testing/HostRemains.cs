using System.Diagnostics;
using System.Globalization;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>Everything that the sandboxes of one installation leave on the host as long as they exist.</summary>
internal sealed class HostRemains(string instance)
{
    private const string Cgroups = "/sys/fs/cgroup";

    private string RunFolder => Path.Combine("/run/sandbox", instance);

    public string LibraryFolder => Path.Combine("/var/lib/sandbox", instance);

    private string CgroupName => $"sandbox-{instance}";

    /// <summary>Sandboxes, their cgroups, mounts, folders and processes, one a line; empty when there is nothing.</summary>
    public IReadOnlyList<string> Find() => [.. CgroupParents(), .. Mounts(), .. BoxFolders(), .. Processes()];

    /// <summary>Processor time that each sandbox has used, in the unit of its control group, by the group's name.</summary>
    public IReadOnlyDictionary<string, long> ProcessorTime() => CgroupParents()
        .SelectMany(Directory.EnumerateDirectories)
        .Select(box => (Name: Path.GetFileName(box), Time: ProcessorTimeOf(box)))
        .Where(box => box.Time is not null)
        .DistinctBy(box => box.Name)
        .ToDictionary(box => box.Name, box => box.Time!.Value);

    /// <summary>Kills everything that runs in a sandbox, as a host does that is out of memory.</summary>
    public void KillSandboxes()
    {
        foreach (var process in Processes(ofSandboxes: true))
            Try("kill", "-9", process["/proc/".Length..process.IndexOf(':', StringComparison.Ordinal)]);
    }

    /// <summary>Removes what is kept for the next start, and what a test that failed has left.</summary>
    public void Clear()
    {
        foreach (var process in Processes().Select(found => found["/proc/".Length..found.IndexOf(':', StringComparison.Ordinal)]))
            Try("kill", "-9", process);
        foreach (var box in CgroupParents().SelectMany(Directory.EnumerateDirectories))
            LetGo(box);
        foreach (var mount in Mounts().Distinct())
            Try("umount", "-l", mount);
        foreach (var folder in new[] { RunFolder, LibraryFolder }.Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
        foreach (var cgroup in CgroupParents().SelectMany(parent => Directory.EnumerateDirectories(parent).Append(parent)))
            Try("rmdir", cgroup);
    }

    // What was paused dies only when it is let go.
    private static void LetGo(string box)
    {
        foreach (var (file, value) in new[] { ("freezer.state", "THAWED"), ("cgroup.freeze", "0") })
        {
            if (File.Exists(Path.Combine(box, file)))
                Try("sh", "-c", $"echo {value} > '{Path.Combine(box, file)}'");
        }
    }

    // What it is to remove may be gone already.
    private static void Try(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
    }

    private IEnumerable<string> CgroupParents() =>
        Directory.EnumerateDirectories(Cgroups).Append(Cgroups).Select(root => Path.Combine(root, CgroupName)).Where(Directory.Exists);

    private IEnumerable<string> Mounts() => File.ReadLines("/proc/self/mountinfo")
        .Select(line => line.Split(' ')[4])
        .Where(point => point.StartsWith(RunFolder, StringComparison.Ordinal) || point.StartsWith(LibraryFolder, StringComparison.Ordinal));

    private IEnumerable<string> BoxFolders()
    {
        var boxes = Path.Combine(RunFolder, "boxes");
        return Directory.Exists(boxes) ? Directory.EnumerateDirectories(boxes) : [];
    }

    // Version 1 has a counter of nanoseconds, version 2 a file of several counters.
    private static long? ProcessorTimeOf(string cgroup)
    {
        var usage = ReadOrEmpty(Path.Combine(cgroup, "cpuacct.usage"));
        if (usage.Length == 0)
            usage = ReadOrEmpty(Path.Combine(cgroup, "cpu.stat")).Split('\n').FirstOrDefault(line => line.StartsWith("usage_usec ", StringComparison.Ordinal))?["usage_usec ".Length..] ?? "";
        return long.TryParse(usage, CultureInfo.InvariantCulture, out var time) ? time : null;
    }

    private IEnumerable<string> Processes(bool ofSandboxes = false)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _))
                continue;
            var command = ReadOrEmpty(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
            if (ReadOrEmpty(Path.Combine(folder, "cgroup")).Contains(CgroupName, StringComparison.Ordinal)
                || !ofSandboxes && (command.Contains(RunFolder, StringComparison.Ordinal) || command.Contains(LibraryFolder, StringComparison.Ordinal)))
            {
                yield return $"{folder}: {command}";
            }
        }
    }

    // The process may end while it is looked at.
    private static string ReadOrEmpty(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
