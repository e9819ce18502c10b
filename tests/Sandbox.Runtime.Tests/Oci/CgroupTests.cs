using System.Diagnostics;
using Sandbox.Runtime.Oci.Cgroups;

namespace Sandbox.Runtime.Tests.Oci;

public sealed class CgroupTests : IDisposable
{
    private const string Group = "/sandbox-main/sbx";
    private static readonly SandboxLimits Limits = new(0.5, 1000, 1, 7);

    private readonly string _root = Directory.CreateTempSubdirectory("sandbox-cgroups-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Detect_EachLayout_IsToldApart()
    {
        Assert.Equal(CgroupLayout.V1, CgroupHost.Detect(_root));
        Write("unified/cgroup.procs", "");
        Assert.Equal(CgroupLayout.Hybrid, CgroupHost.Detect(_root));
        Write("cgroup.controllers", "cpu memory pids");
        Assert.Equal(CgroupLayout.V2, CgroupHost.Detect(_root));
    }

    [Fact]
    public void Open_Layouts_ChooseTheHierarchy()
    {
        Assert.IsType<CgroupV1>(CgroupHost.Open(CgroupLayout.V1, _root));
        Assert.IsType<CgroupV1>(CgroupHost.Open(CgroupLayout.Hybrid, _root));
        Assert.IsType<CgroupV2>(CgroupHost.Open(CgroupLayout.V2, _root));
    }

    [Fact]
    public void ReadV1_Counters_AreRead()
    {
        Write($"memory{Group}/memory.usage_in_bytes", "100\n");
        Write($"memory{Group}/memory.max_usage_in_bytes", "200\n");
        Write($"memory{Group}/memory.oom_control", "oom_kill_disable 9\nunder_oom 0\noom_kill 3\n");
        Write($"cpuacct{Group}/cpuacct.usage", "2500000000\n");
        Write($"pids{Group}/pids.events", "max 4\n");
        Assert.Equal(new SandboxUsage(2.5, 100, 200, 3, 4), new CgroupV1(_root).Read(Group));
    }

    [Fact]
    public void ReadV2_Counters_AreRead()
    {
        Write($"{Group}/memory.current", "100\n");
        Write($"{Group}/memory.peak", "200\n");
        Write($"{Group}/memory.events", "low 0\noom 7\noom_kill 3\noom_group_kill 1\n");
        Write($"{Group}/cpu.stat", "usage_usec 2500000\nuser_usec 1\n");
        Write($"{Group}/pids.events", "max 4\n");
        Assert.Equal(new SandboxUsage(2.5, 100, 200, 3, 4), new CgroupV2(_root).Read(Group));
    }

    [Fact]
    public void Read_KernelWithoutSomeCounters_TakesWhatThereIs()
    {
        Write($"memory{Group}/memory.usage_in_bytes", "100\n");
        Write($"{Group}/memory.current", "100\n");
        Assert.Equal(new SandboxUsage(0, 100, 100, 0, 0), new CgroupV1(_root).Read(Group));
        Assert.Equal(new SandboxUsage(0, 100, 100, 0, 0), new CgroupV2(_root).Read(Group));
    }

    [Fact]
    public void Read_GroupGone_IsNull()
    {
        Assert.Null(new CgroupV1(_root).Read(Group));
        Assert.Null(new CgroupV2(_root).Read(Group));
    }

    [Fact]
    public void ReadLimits_WhatWasApplied_IsRead()
    {
        Write($"memory{Group}/memory.limit_in_bytes", "1000\n");
        Write($"cpu{Group}/cpu.cfs_quota_us", "50000\n");
        Write($"{Group}/memory.max", "1000\n");
        Write($"{Group}/cpu.max", "50000 100000\n");

        Assert.Equal((1000, 0.5), new CgroupV1(_root).ReadLimits(Group));
        Assert.Equal((1000, 0.5), new CgroupV2(_root).ReadLimits(Group));
    }

    [Fact]
    public void ReadLimits_NoneOrGone_IsNull()
    {
        Assert.Null(new CgroupV1(_root).ReadLimits(Group));
        Assert.Null(new CgroupV2(_root).ReadLimits(Group));
        Write($"memory{Group}/memory.limit_in_bytes", "1000\n");
        Write($"cpu{Group}/cpu.cfs_quota_us", "-1\n");
        Write($"{Group}/memory.max", "max\n");
        Write($"{Group}/cpu.max", "max 100000\n");

        Assert.Null(new CgroupV1(_root).ReadLimits(Group));
        Assert.Null(new CgroupV2(_root).ReadLimits(Group));
    }

    [Fact]
    public void IsPopulated_ProcessInAGroupBelow_Counts()
    {
        Assert.False(new CgroupV1(_root).IsPopulated(Group));
        Assert.False(new CgroupV2(_root).IsPopulated(Group));
        foreach (var tree in (string[])[$"memory{Group}", Group])
        {
            Write($"{tree}/cgroup.procs", "");
            Write($"{tree}/inner/cgroup.procs", "12\n");
        }

        Assert.True(new CgroupV1(_root).IsPopulated(Group));
        Assert.True(new CgroupV2(_root).IsPopulated(Group));
    }

    [Fact]
    public void ApplyV1_Limits_AreWritten()
    {
        Make($"memory{Group}", $"cpu{Group}", $"pids{Group}");
        Write($"memory{Group}/memory.limit_in_bytes", "5000\n");
        Write($"memory{Group}/memory.memsw.limit_in_bytes", "5000\n");
        new CgroupV1(_root).Apply(Group, Limits);
        Assert.Equal("1000", Read($"memory{Group}/memory.limit_in_bytes"));
        Assert.Equal("1000", Read($"memory{Group}/memory.memsw.limit_in_bytes"));
        Assert.Equal("50000", Read($"cpu{Group}/cpu.cfs_quota_us"));
        Assert.Equal("7", Read($"pids{Group}/pids.max"));
    }

    [Fact]
    public void ApplyV1_NoSwapAccounting_DoesNotInventTheFile()
    {
        Make($"memory{Group}", $"cpu{Group}", $"pids{Group}");
        Write($"memory{Group}/memory.limit_in_bytes", "5000\n");
        new CgroupV1(_root).Apply(Group, Limits);
        Assert.False(File.Exists(Path.Combine(_root, $"memory{Group}/memory.memsw.limit_in_bytes")));
    }

    [Fact]
    public void ApplyV2_Limits_AreWritten()
    {
        Make(Group[1..]);
        new CgroupV2(_root).Apply(Group, Limits with { Cpu = 0.001 });
        Assert.Equal("1000", Read($"{Group}/memory.max"));
        Assert.Equal("1000 100000", Read($"{Group}/cpu.max"));
        Assert.Equal("7", Read($"{Group}/pids.max"));
    }

    [Fact]
    public void Apply_GroupGone_IsAnIoError()
    {
        Assert.ThrowsAny<IOException>(() => new CgroupV1(_root).Apply(Group, Limits));
        Assert.ThrowsAny<IOException>(() => new CgroupV2(_root).Apply(Group, Limits));
    }

    [Fact]
    public void KillV2_KernelThatKnowsIt_UsesItsOwnKill()
    {
        Write($"{Group}/cgroup.kill", "");
        new CgroupV2(_root).Kill(Group);
        Assert.Equal("1", Read($"{Group}/cgroup.kill"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Kill_ProcessInAGroupBelow_IsKilled(bool version2)
    {
        // Reads until its input ends, which it does not.
        using var process = Process.Start(new ProcessStartInfo("/bin/cat") { RedirectStandardInput = true })!;
        Write($"{(version2 ? "" : "freezer")}{Group}/below/cgroup.procs", $"{process.Id}\n");
        Open(version2).Kill(Group);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(128 + 9, process.ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Kill_GroupGone_DoesNothing(bool version2) => Open(version2).Kill(Group);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Remove_EmptyGroups_GoDeepestFirst(bool version2)
    {
        var prefix = version2 ? "" : "memory";
        Make($"{prefix}{Group}/a/b", $"{prefix}{Group}/c", $"{prefix}/sandbox-main/other");
        Assert.True(Open(version2).Remove(Group));
        Assert.Equal(["other"], Open(version2).Children("/sandbox-main"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Remove_GroupInUse_SaysSoAndLeavesIt(bool version2)
    {
        // A file stands for what the kernel refuses to remove.
        Write($"{(version2 ? "" : "pids")}{Group}/busy/used", "");
        Assert.False(Open(version2).Remove(Group));
        Assert.Equal(["sbx"], Open(version2).Children("/sandbox-main"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Remove_NotThere_IsDone(bool version2) => Assert.True(Open(version2).Remove(Group));

    [Fact]
    public void ChildrenV1_OfSeveralControllers_AreOneSet()
    {
        Make("memory/sandbox-main/a", "cpu/sandbox-main/a", "pids/sandbox-main/b");
        Assert.Equal(["a", "b"], new CgroupV1(_root).Children("/sandbox-main").Order());
        Assert.Empty(new CgroupV1(_root).Children("/other"));
    }

    private ICgroupHierarchy Open(bool version2) => version2 ? new CgroupV2(_root) : new CgroupV1(_root);

    private void Make(params string[] folders)
    {
        foreach (var folder in folders)
            Directory.CreateDirectory(Path.Combine(_root, folder.TrimStart('/')));
    }

    private void Write(string file, string content)
    {
        var path = Path.Combine(_root, file.TrimStart('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(_root, file.TrimStart('/')));
}
