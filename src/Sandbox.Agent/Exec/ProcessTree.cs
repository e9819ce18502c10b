using System.Buffers.Text;
using System.Text;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Exec;

/// <summary>
/// Kills processes by looking at all there are. A pass that kills somebody is followed by another one, until a pass finds
/// nobody new: whoever was forked meanwhile had a parent that was still to be killed, so that nobody escapes.
/// </summary>
internal static unsafe class ProcessTree
{
    public const int Kill = 9;

    private const int Self = 1;
    private const int Everybody = -1;

    // A fork bomb can outrun looking; the kernel's own "everybody" cannot be outrun.
    private const int MostPasses = 20;

    /// <summary>Kills every process of the sandbox but the agent and those to be spared.</summary>
    public static void KillAllExcept(IReadOnlyCollection<int> spared)
    {
        if (spared.Count == 0 || !Signal(Kill, all => all.Where(process => !spared.Contains(process.Pid))))
            _ = Libc.Kill(Everybody, Kill);
    }

    /// <summary>Signals a program's session, its process group and all descendants.</summary>
    public static void SignalTree(int leader, int signal)
    {
        var tree = new HashSet<int> { leader };
        if (!Signal(signal, all => Grow(tree, leader, all)))
            _ = Libc.Kill(-leader, signal);
    }

    /// <summary>
    /// Signals a program and those of its process group that have started since a moment, as a terminal would: what was left
    /// running before goes on.
    /// </summary>
    /// <param name="leader">The program.</param>
    /// <param name="since">The moment, of <see cref="ProcessClock"/>.</param>
    /// <param name="signal">Signal number.</param>
    public static void SignalGroup(int leader, long since, int signal)
    {
        foreach (ProcessInfo process in List())
        {
            if (process.Pid == leader || (process.Group == leader && process.Started >= since))
                _ = Libc.Kill(process.Pid, signal);
        }
    }

    // Complete before anybody is signalled: a process whose parent has died no longer says whose it was.
    private static IEnumerable<ProcessInfo> Grow(HashSet<int> tree, int leader, List<ProcessInfo> all)
    {
        int before;
        do
        {
            before = tree.Count;
            foreach (ProcessInfo process in all)
            {
                if (process.Session == leader || process.Group == leader || tree.Contains(process.Parent))
                    tree.Add(process.Pid);
            }
        }
        while (tree.Count > before);
        return all.Where(process => tree.Contains(process.Pid));
    }

    /// <summary>Signals each process that is chosen, once; false when there was no end to them.</summary>
    private static bool Signal(int signal, Func<List<ProcessInfo>, IEnumerable<ProcessInfo>> choose)
    {
        var signalled = new HashSet<int>();
        for (int pass = 0; pass < MostPasses; pass++)
        {
            bool found = false;
            foreach (ProcessInfo process in choose(List()))
            {
                if (!signalled.Add(process.Pid))
                    continue;
                found = true;
                _ = Libc.Kill(process.Pid, signal);
            }

            if (!found)
                return true;
        }

        return false;
    }

    private static List<ProcessInfo> List()
    {
        var processes = new List<ProcessInfo>();
        int folder = Libc.OpenDirectory(Libc.CurrentFolder, "/proc", follow: 0);
        nint list = folder < 0 ? 0 : Libc.ListOpen(folder);
        if (list == 0)
            return processes;
        const int capacity = 256;
        byte* name = stackalloc byte[capacity];
        while (Libc.ListNext(list, name, capacity) is > 0 and int length)
        {
            if (Utf8Parser.TryParse(new ReadOnlySpan<byte>(name, length), out int pid, out int used) && used == length
                && pid != Self && Read(pid) is { IsDead: false } process)
                processes.Add(process);
        }

        _ = Libc.ListClose(list);
        return processes;
    }

    private static ProcessInfo? Read(int pid)
    {
        int fd = Libc.OpenFile(Libc.CurrentFolder, $"/proc/{pid}/stat");
        if (fd < 0)
            return null;
        const int capacity = 512;
        byte* buffer = stackalloc byte[capacity];
        int length = Libc.Read(fd, buffer, capacity);
        _ = Libc.Close(fd);
        return length > 0 ? ProcessInfo.Parse(pid, Encoding.Latin1.GetString(buffer, length)) : null;
    }
}
