using System.Globalization;

namespace Sandbox.Agent.Files;

/// <summary>
/// Finds processes that wait for TCP sockets by epoll: gVisor before May 2023 ends the sandbox when it is to save one of those.
/// </summary>
internal static class TcpWaits
{
    private const int InodeField = 9;

    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>
    /// True where a process has both, a TCP socket and a set that it waits for: which sockets are in a set cannot be seen.
    /// Runs with the rights of the sandbox's user, who may look at the user's own processes.
    /// </summary>
    public static bool Exist()
    {
        HashSet<string> sockets = [.. Tables.Where(File.Exists).SelectMany(Inodes).Select(inode => $"socket:[{inode}]")];
        return sockets.Count > 0 && Processes().Any(folder => Waits(folder, sockets));
    }

    private static IEnumerable<string> Inodes(string table) =>
        from line in File.ReadLines(table).Skip(1)
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields.Length > InodeField
        select fields[InodeField];

    private static IEnumerable<string> Processes() =>
        Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int pid) && pid > 1);

    private static bool Waits(string process, HashSet<string> sockets)
    {
        (bool socket, bool set) = (false, false);
        try
        {
            foreach (string descriptor in Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")))
            {
                string? target = new FileInfo(descriptor).LinkTarget;
                socket |= target is not null && sockets.Contains(target);
                set |= target == "anon_inode:[eventpoll]";
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has ended.
        }

        return socket && set;
    }
}
