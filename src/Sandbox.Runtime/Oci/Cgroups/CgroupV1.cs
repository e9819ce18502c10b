namespace Sandbox.Runtime.Oci.Cgroups;

/// <summary>Version 1: one tree per controller; also the useful part of hybrid hosts.</summary>
internal sealed class CgroupV1(string root) : ICgroupHierarchy
{
    private static readonly string[] Controllers = ["memory", "cpu", "cpuacct", "pids", "freezer", "devices", "blkio", "cpuset", "net_cls", "net_prio", "perf_event", "hugetlb", "systemd", "unified", "rdma", "misc"];

    private const string Frozen = "FROZEN";
    private const string Thawed = "THAWED";

    // A millisecond each.
    private const int AttemptsBeforeThaw = 100;

    public SandboxUsage? Read(string path)
    {
        var memory = DirectoryOf("memory", path);
        if (CgroupFile.ReadNumber(Path.Combine(memory, "memory.usage_in_bytes")) is not { } current)
            return null;
        return new SandboxUsage(
            (CgroupFile.ReadNumber(Path.Combine(DirectoryOf("cpuacct", path), "cpuacct.usage")) ?? 0) / 1e9,
            current,
            CgroupFile.ReadNumber(Path.Combine(memory, "memory.max_usage_in_bytes")) ?? current,
            CgroupFile.ReadKey(Path.Combine(memory, "memory.oom_control"), "oom_kill") ?? 0,
            CgroupFile.ReadKey(Path.Combine(DirectoryOf("pids", path), "pids.events"), "max") ?? 0,
            CgroupFile.ReadNumber(Path.Combine(DirectoryOf("pids", path), "pids.peak")));
    }

    public (long MemoryBytes, double Cpu)? ReadLimits(string path) =>
        CgroupFile.ReadNumber(Path.Combine(DirectoryOf("memory", path), "memory.limit_in_bytes")) is { } memory
        && CgroupFile.ReadNumber(Path.Combine(DirectoryOf("cpu", path), "cpu.cfs_quota_us")) is > 0 and { } quota
            ? (memory, CgroupFile.Cpu(quota))
            : null;

    public bool IsPopulated(string path) => CgroupFile.HasProcesses(DirectoryOf("memory", path));

    public void Apply(string path, SandboxLimits limits)
    {
        ApplyMemory(DirectoryOf("memory", path), limits.MemoryBytes);
        CgroupFile.Write(Path.Combine(DirectoryOf("cpu", path), "cpu.cfs_quota_us"), CgroupFile.CpuQuota(limits.Cpu));
        CgroupFile.Write(Path.Combine(DirectoryOf("pids", path), "pids.max"), limits.Processes);
    }

    public async Task Freeze(string path, bool frozen, CancellationToken cancellationToken)
    {
        var file = StateFileOf(path);
        var wanted = frozen ? Frozen : Thawed;
        var attempt = 0;
        try
        {
            await CgroupFile.WaitFor(() => Ask(file, wanted, attempt++), $"The group did not become {wanted}.", cancellationToken);
        }
        catch when (frozen)
        {
            // Half a sandbox that stands still would be neither.
            CgroupFile.Write(file, Thawed);
            throw;
        }
    }

    /// <summary>
    /// Asks for a state and tells whether it is reached. The kernel freezes once when it is asked, and leaves out who was just
    /// being forked or traced: it has to be asked again, and now and then to let all go first.
    /// </summary>
    private static bool Ask(string file, string wanted, int attempt)
    {
        if (attempt % AttemptsBeforeThaw == AttemptsBeforeThaw - 1)
            CgroupFile.Write(file, Thawed);
        CgroupFile.Write(file, wanted);
        return CgroupFile.ReadText(file)?.Trim() == wanted;
    }

    public void Kill(string path)
    {
        foreach (var controller in Controllers)
            CgroupFile.KillTree(DirectoryOf(controller, path));
        // A frozen process dies when it is let go.
        if (File.Exists(StateFileOf(path)))
            CgroupFile.Write(StateFileOf(path), Thawed);
    }

    public bool Remove(string path)
    {
        var removed = true;
        foreach (var controller in Controllers)
            removed &= CgroupFile.RemoveTree(DirectoryOf(controller, path));
        return removed;
    }

    public IReadOnlySet<string> Children(string path) =>
        Controllers.SelectMany(controller => CgroupFile.ChildNames(DirectoryOf(controller, path))).ToHashSet();

    private static void ApplyMemory(string directory, long bytes)
    {
        var memory = Path.Combine(directory, "memory.limit_in_bytes");
        var withSwap = Path.Combine(directory, "memory.memsw.limit_in_bytes");
        // The limit with swap may never be below the one without: the order depends on the direction.
        string[] order = CgroupFile.ReadNumber(memory) < bytes ? [withSwap, memory] : [memory, withSwap];
        foreach (var file in order)
        {
            if (File.Exists(file))
                CgroupFile.Write(file, bytes);
        }
    }

    private string StateFileOf(string path) => Path.Combine(DirectoryOf("freezer", path), "freezer.state");

    private string DirectoryOf(string controller, string path) => Path.Combine(root, controller, path.TrimStart('/'));
}
