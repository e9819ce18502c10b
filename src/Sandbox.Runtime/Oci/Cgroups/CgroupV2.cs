using System.Globalization;

namespace Sandbox.Runtime.Oci.Cgroups;

/// <summary>Version 2: one tree. https://docs.kernel.org/admin-guide/cgroup-v2.html</summary>
internal sealed class CgroupV2(string root) : ICgroupHierarchy
{
    public SandboxUsage? Read(string path)
    {
        var directory = DirectoryOf(path);
        if (CgroupFile.ReadNumber(Path.Combine(directory, "memory.current")) is not { } current)
            return null;
        return new SandboxUsage(
            (CgroupFile.ReadKey(Path.Combine(directory, "cpu.stat"), "usage_usec") ?? 0) / 1e6,
            current,
            CgroupFile.ReadNumber(Path.Combine(directory, "memory.peak")) ?? current,
            CgroupFile.ReadKey(Path.Combine(directory, "memory.events"), "oom_kill") ?? 0,
            CgroupFile.ReadKey(Path.Combine(directory, "pids.events"), "max") ?? 0,
            CgroupFile.ReadNumber(Path.Combine(directory, "pids.peak")));
    }

    public (long MemoryBytes, double Cpu)? ReadLimits(string path)
    {
        var directory = DirectoryOf(path);
        return CgroupFile.ReadNumber(Path.Combine(directory, "memory.max")) is { } memory
            && CgroupFile.ReadText(Path.Combine(directory, "cpu.max"))?.Split(' ') is [var text, _]
            && long.TryParse(text, CultureInfo.InvariantCulture, out var quota)
                ? (memory, CgroupFile.Cpu(quota))
                : null;
    }

    public bool IsPopulated(string path) => CgroupFile.HasProcesses(DirectoryOf(path));

    public void Apply(string path, SandboxLimits limits)
    {
        var directory = DirectoryOf(path);
        CgroupFile.Write(Path.Combine(directory, "memory.max"), limits.MemoryBytes);
        CgroupFile.Write(Path.Combine(directory, "cpu.max"), string.Create(CultureInfo.InvariantCulture, $"{CgroupFile.CpuQuota(limits.Cpu)} {CgroupFile.CpuPeriodMicroseconds}"));
        CgroupFile.Write(Path.Combine(directory, "pids.max"), limits.Processes);
    }

    public async Task Freeze(string path, bool frozen, CancellationToken cancellationToken)
    {
        var directory = DirectoryOf(path);
        CgroupFile.Write(Path.Combine(directory, "cgroup.freeze"), frozen ? 1 : 0);
        await CgroupFile.WaitFor(
            () => CgroupFile.ReadKey(Path.Combine(directory, "cgroup.events"), "frozen") == (frozen ? 1 : 0),
            "The group did not freeze or thaw.",
            cancellationToken);
    }

    // SIGKILL reaches frozen processes here.
    public void Kill(string path)
    {
        var kill = Path.Combine(DirectoryOf(path), "cgroup.kill");
        if (File.Exists(kill))
            CgroupFile.Write(kill, 1);
        else
            CgroupFile.KillTree(DirectoryOf(path));
    }

    public bool Remove(string path) => CgroupFile.RemoveTree(DirectoryOf(path));

    public IReadOnlySet<string> Children(string path) => CgroupFile.ChildNames(DirectoryOf(path)).ToHashSet();

    private string DirectoryOf(string path) => Path.Combine(root, path.TrimStart('/'));
}
