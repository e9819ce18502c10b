using System.Text.Json;
using Sandbox.Runtime.Oci;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Tests.Oci;

public sealed class OciBundleTests
{
    private static readonly SandboxLimits Limits = new(0.5, 256 << 20, 64 << 20, 20);

    private readonly JsonElement _config = Config(IsolationClass.Standard);

    private JsonElement Process => _config.GetProperty("process");

    private JsonElement Linux => _config.GetProperty("linux");

    [Fact]
    public void Root_WithProgramsOfItsOwn_HasNothingOfTheHostAndTheAgentItsOwnLoader()
    {
        var own = Config(IsolationClass.Standard, hasOwnPrograms: true);
        Assert.DoesNotContain("/usr", Mounts(own).Keys);
        Assert.Contains("/usr", Mounts(_config).Keys);
        var args = Strings(own.GetProperty("process").GetProperty("args"));
        Assert.StartsWith("/opt/sandbox/lib/ld-linux-", args[0], StringComparison.Ordinal);
        Assert.Equal(["--library-path", "/opt/sandbox/lib", "/opt/sandbox/sandbox-agent"], args[1..4]);
    }

    [Fact]
    public void Packages_OfATemplate_AreMountedReadOnly()
    {
        var config = Config(IsolationClass.Standard, layer: "/roots/layer");
        Assert.Equal("/roots/layer", Mounts(config)["/opt/packages"].GetProperty("source").GetString());
        Assert.Equal(["bind", "ro", "nosuid", "nodev"], Options("/opt/packages", config));
        Assert.DoesNotContain("/opt/packages", Mounts().Keys);
    }

    [Fact]
    public void Root_IsReadOnly()
    {
        Assert.Equal("/roots/default", _config.GetProperty("root").GetProperty("path").GetString());
        Assert.True(_config.GetProperty("root").GetProperty("readonly").GetBoolean());
    }

    [Fact]
    public void Namespaces_AreAllNewOnes()
    {
        var namespaces = Linux.GetProperty("namespaces").EnumerateArray().ToList();
        Assert.Equal(
            ["cgroup", "ipc", "mount", "network", "pid", "user", "uts"],
            namespaces.Select(entry => entry.GetProperty("type").GetString()!).Order());
        // A path would join one that exists.
        Assert.All(namespaces, entry => Assert.False(entry.TryGetProperty("path", out _)));
    }

    [Fact]
    public void Capabilities_AreExactlyWhatTheAgentNeeds()
    {
        var capabilities = Process.GetProperty("capabilities");
        Assert.Equal(["bounding", "effective", "permitted"], capabilities.EnumerateObject().Select(set => set.Name).Order());
        foreach (var set in capabilities.EnumerateObject())
            Assert.Equal(["CAP_KILL", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID"], Strings(set.Value).Order());
    }

    [Fact]
    public void Process_GainsNoPrivilegesAndHasNoTerminal()
    {
        Assert.True(Process.GetProperty("noNewPrivileges").GetBoolean());
        Assert.False(Process.GetProperty("terminal").GetBoolean());
        Assert.Equal(["SANDBOX_TOKEN=token", $"SANDBOX_PROCESSES={Limits.Processes}"], Strings(Process.GetProperty("env")));
    }

    [Fact]
    public void Rlimits_NoCoreFilesNorHandlers()
    {
        // 0 would still start a handler that the host pipes core dumps into.
        var core = Process.GetProperty("rlimits").EnumerateArray().Single(limit => limit.GetProperty("type").GetString() == "RLIMIT_CORE");
        Assert.Equal((1, 1), (core.GetProperty("soft").GetInt64(), core.GetProperty("hard").GetInt64()));
    }

    [Theory]
    [InlineData("/proc/kcore")]
    [InlineData("/proc/keys")]
    [InlineData("/proc/kallsyms")]
    [InlineData("/proc/sysrq-trigger")]
    [InlineData("/proc/timer_list")]
    [InlineData("/proc/modules")]
    public void MaskedPaths_HideTheKernel(string path) => Assert.Contains(path, Strings(Linux.GetProperty("maskedPaths")));

    [Fact]
    public void ReadonlyPaths_CoverSysctls() => Assert.Contains("/proc/sys", Strings(Linux.GetProperty("readonlyPaths")));

    [Theory]
    [InlineData("/usr")]
    [InlineData("/opt/sandbox")]
    public void Mounts_OfTheHost_AreReadOnly(string destination) => Assert.Contains("ro", Options(destination));

    [Fact]
    public void Mounts_EveryOne_IgnoresSetuid() =>
        Assert.All(Mounts().Keys, destination => Assert.Contains("nosuid", Options(destination)));

    [Fact]
    public void Mounts_FromTheHost_AreTheseThreeOnly()
    {
        var bound = Mounts().Where(mount => mount.Value.GetProperty("type").GetString() == "bind").Select(mount => mount.Key);
        Assert.Equal(["/opt/sandbox", "/run/sandbox", "/usr"], bound.Order());
        Assert.DoesNotContain("/sys", Mounts().Keys);
    }

    [Theory]
    [InlineData("/workspace")]
    [InlineData("/tmp")]
    public void Mounts_ForTheCode_HoldBytesAndInodes(string destination)
    {
        Assert.Equal("tmpfs", Mounts()[destination].GetProperty("type").GetString());
        Assert.Contains($"size={Limits.DiskBytes}", Options(destination));
        Assert.Contains("nr_inodes=16384", Options(destination));
        Assert.Contains("nodev", Options(destination));
    }

    [Theory]
    [InlineData(4096, 1024)]
    [InlineData(1L << 40, 262144)]
    public void Mounts_ExtremeSizes_BoundTheInodes(long diskBytes, long inodes)
    {
        var config = Config(IsolationClass.Standard, Limits with { DiskBytes = diskBytes });
        Assert.Contains($"nr_inodes={inodes}", Options("/workspace", config));
    }

    [Fact]
    public void Mappings_RootInside_IsTheRangeOfTheSandbox()
    {
        foreach (var name in new[] { "uidMappings", "gidMappings" })
        {
            var mapping = Assert.Single(Linux.GetProperty(name).EnumerateArray());
            Assert.Equal((0, 2_000_000, IdRanges.Size), (mapping.GetProperty("containerID").GetInt64(), mapping.GetProperty("hostID").GetInt64(), mapping.GetProperty("size").GetInt64()));
        }
    }

    [Fact]
    public void Resources_AreTheLimits()
    {
        var resources = Linux.GetProperty("resources");
        Assert.Equal(Limits.MemoryBytes, resources.GetProperty("memory").GetProperty("limit").GetInt64());
        Assert.Equal(Limits.MemoryBytes, resources.GetProperty("memory").GetProperty("swap").GetInt64());
        Assert.Equal((50_000, 100_000), (resources.GetProperty("cpu").GetProperty("quota").GetInt64(), resources.GetProperty("cpu").GetProperty("period").GetInt64()));
        var device = Assert.Single(resources.GetProperty("devices").EnumerateArray());
        Assert.False(device.GetProperty("allow").GetBoolean());
    }

    [Fact]
    public void Resources_NoSwapAccounting_LeavesSwapOut()
    {
        var memory = Config(IsolationClass.Standard, swapAccounting: false).GetProperty("linux").GetProperty("resources").GetProperty("memory");
        Assert.False(memory.TryGetProperty("swap", out _));
    }

    [Theory]
    [InlineData(IsolationClass.Standard)]
    [InlineData(IsolationClass.Strong)]
    public void Resources_Processes_LeaveRoomForWhatSandboxRunsInside(IsolationClass isolation)
    {
        var pids = Config(isolation).GetProperty("linux").GetProperty("resources").GetProperty("pids").GetProperty("limit").GetInt32();
        Assert.Equal(OciBundle.CgroupProcesses(new SandboxSpec("default", isolation, Limits)), pids);
        Assert.True(pids > Limits.Processes);
    }

    [Fact]
    public void Seccomp_IsAnAllowlist() => Assert.Equal("SCMP_ACT_ERRNO", Linux.GetProperty("seccomp").GetProperty("defaultAction").GetString());

    [Fact]
    public void Cgroup_IsTheSandboxesOwn() => Assert.Equal("/sandbox-main/id", Linux.GetProperty("cgroupsPath").GetString());

    private Dictionary<string, JsonElement> Mounts() => Mounts(_config);

    private static Dictionary<string, JsonElement> Mounts(JsonElement config) =>
        config.GetProperty("mounts").EnumerateArray().ToDictionary(mount => mount.GetProperty("destination").GetString()!);

    private List<string> Options(string destination) => Options(destination, _config);

    private static List<string> Options(string destination, JsonElement config) => Strings(Mounts(config)[destination].GetProperty("options"));

    private static List<string> Strings(JsonElement array) => [.. array.EnumerateArray().Select(entry => entry.GetString()!)];

    private static JsonElement Config(IsolationClass isolation, SandboxLimits? limits = null, bool swapAccounting = true, bool hasOwnPrograms = false, string? layer = null) => JsonDocument.Parse(
        new OciBundle(new SandboxSpec("default", isolation, limits ?? Limits), new TemplateFiles("/roots/default", hasOwnPrograms, layer), "/agent", "/channel", "/sandbox-main/id", 2_000_000, "token", swapAccounting).ToJson()).RootElement;
}
