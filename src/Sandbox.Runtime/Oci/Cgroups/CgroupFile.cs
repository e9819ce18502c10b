using System.Globalization;

namespace Sandbox.Runtime.Oci.Cgroups;

/// <summary>Reading and writing of the small files of a cgroup file system.</summary>
internal static class CgroupFile
{
    public const int CpuPeriodMicroseconds = 100_000;

    private const int FreezeAttempts = 2000;

    /// <summary>The number in a file; null when the file does not exist (the group is gone, or the kernel has no such counter).</summary>
    public static long? ReadNumber(string path)
    {
        var text = ReadText(path);
        return text is not null && long.TryParse(text.AsSpan().Trim(), CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <summary>The number behind a key in a file of lines <c>key number</c>; null when there is none.</summary>
    public static long? ReadKey(string path, string key)
    {
        if (ReadText(path) is not { } text)
            return null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line.Length > key.Length && line[key.Length] == ' '
                && long.TryParse(line[(key.Length + 1)..], CultureInfo.InvariantCulture, out var value))
            {
                return value;
            }
        }

        return null;
    }

    public static void Write(string path, string value) => File.WriteAllText(path, value);

    public static void Write(string path, long value) => Write(path, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The processor quota, in microseconds of each <see cref="CpuPeriodMicroseconds"/>. The kernel wants 1 ms at least.</summary>
    public static long CpuQuota(double cpu) => Math.Max(1000, (long)(cpu * CpuPeriodMicroseconds));

    /// <summary>The processors that a quota stands for.</summary>
    public static double Cpu(long quota) => (double)quota / CpuPeriodMicroseconds;

    /// <summary>Waits until a file says what it should.</summary>
    /// <exception cref="IOException">It does not within <see cref="FreezeAttempts"/> milliseconds.</exception>
    public static async Task WaitFor(Func<bool> reached, string what, CancellationToken cancellationToken)
    {
        for (var attempt = 0; !reached(); attempt++)
        {
            if (attempt == FreezeAttempts)
                throw new IOException(what);
            await Task.Delay(TimeSpan.FromMilliseconds(1), cancellationToken);
        }
    }

    /// <summary>Sends SIGKILL to every process that <c>cgroup.procs</c> of the group and of those below it names.</summary>
    public static void KillTree(string directory)
    {
        foreach (var pid in Processes(directory))
            Libc.Kill(pid, Libc.SigKill);
    }

    /// <summary>Whether a process is in a group or in one below it.</summary>
    public static bool HasProcesses(string directory) => Processes(directory).Any();

    /// <summary>Removes a group and those below it, deepest first; false when one is still in use.</summary>
    public static bool RemoveTree(string directory)
    {
        if (!Directory.Exists(directory))
            return true;
        var removed = true;
        foreach (var child in Directory.EnumerateDirectories(directory))
            removed &= RemoveTree(child);
        // rmdir and nothing else: the files of a cgroup cannot be unlinked, and go with the folder.
        return removed && (Libc.RemoveDirectory(directory) || !Directory.Exists(directory));
    }

    public static IEnumerable<string> ChildNames(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateDirectories(directory).Select(path => Path.GetFileName(path)) : [];

    private static IEnumerable<int> Processes(string directory)
    {
        foreach (var procs in Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "cgroup.procs", SearchOption.AllDirectories) : [])
        {
            foreach (var line in ReadText(procs)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
            {
                if (int.TryParse(line, CultureInfo.InvariantCulture, out var pid) && pid > 0)
                    yield return pid;
            }
        }
    }

    public static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || (e is IOException && !File.Exists(path)))
        {
            return null;
        }
    }
}
