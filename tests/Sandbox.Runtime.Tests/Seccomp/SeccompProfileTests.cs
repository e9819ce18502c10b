using System.Runtime.InteropServices;
using System.Text.Json;
using Sandbox.Runtime.Seccomp;

namespace Sandbox.Runtime.Tests.Seccomp;

public sealed class SeccompProfileTests
{
    // What leads out of a sandbox, or has led out of one.
    private static readonly string[] Dangerous =
    [
        "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
        "keyctl", "add_key", "request_key",
        "mount", "mount_setattr", "umount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick",
        "unshare", "setns", "clone", "clone3", "socket", "socketcall",
        "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "pidfd_getfd", "kcmp", "move_pages", "migrate_pages",
        "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "create_module", "query_module", "get_kernel_syms",
        "open_by_handle_at", "lookup_dcookie", "swapon", "swapoff", "reboot", "syslog", "acct", "quotactl", "quotactl_fd", "nfsservctl", "vhangup",
        "clock_settime", "clock_settime64", "settimeofday", "adjtimex", "clock_adjtime", "clock_adjtime64", "stime",
        "sethostname", "setdomainname", "vm86", "vm86old", "iopl", "ioperm", "modify_ldt", "uselib", "ustat", "sysfs", "_sysctl",
        "mbind", "set_mempolicy", "fanotify_init", "fanotify_mark", "memfd_secret", "bdflush",
    ];

    public static TheoryData<string> DangerousCalls() => [.. Dangerous];

    [Theory]
    [MemberData(nameof(DangerousCalls))]
    public void Allowlist_DangerousCall_IsNotAllowedWithoutACondition(string name) =>
        Assert.DoesNotContain(name, SeccompProfile.UnconditionalNames);

    [Fact]
    public void Allowlist_Names_AreListedOnce()
    {
        var names = SeccompProfile.UnconditionalNames.ToList();
        Assert.Equal(names.Distinct(), names);
    }

    [Theory]
    [InlineData("groups")]
    [InlineData("socketFamilies")]
    public void Allowlist_EveryEntry_HasAReason(string list)
    {
        using var stream = typeof(SeccompProfile).Assembly.GetManifestResourceStream("Sandbox.Runtime.Seccomp.allowlist.json")!;
        using var data = JsonDocument.Parse(stream);
        Assert.NotEmpty(data.RootElement.GetProperty(list).EnumerateArray());
        Assert.All(data.RootElement.GetProperty(list).EnumerateArray(), entry =>
            Assert.False(string.IsNullOrWhiteSpace(entry.GetProperty("reason").GetString())));
    }

    [Fact]
    public void ToOci_Default_RefusesWithEperm()
    {
        var profile = Profile(IsolationClass.Standard);
        Assert.Equal("SCMP_ACT_ERRNO", profile.GetProperty("defaultAction").GetString());
        Assert.Equal(1, profile.GetProperty("defaultErrnoRet").GetInt32());
    }

    [Fact]
    public void ToOci_Architectures_OnlyTheHostsOwn() =>
        Assert.Equal(
            RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64",
            Assert.Single(Profile(IsolationClass.Standard).GetProperty("architectures").EnumerateArray()).GetString());

    [Fact]
    public void ToOci_Clone_OnlyWithoutNewNamespaces()
    {
        var rule = Assert.Single(RulesFor("clone"));
        var argument = Assert.Single(rule.GetProperty("args").EnumerateArray());
        Assert.Equal("SCMP_CMP_MASKED_EQ", argument.GetProperty("op").GetString());
        Assert.Equal(0, argument.GetProperty("valueTwo").GetInt64());
        // NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
        const long Flags = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;
        Assert.Equal(Flags, argument.GetProperty("value").GetInt64());
    }

    [Fact]
    public void ToOci_Clone3_IsUnknownToTheKernel()
    {
        var rule = Assert.Single(RulesFor("clone3"));
        Assert.Equal(("SCMP_ACT_ERRNO", 38), (rule.GetProperty("action").GetString(), rule.GetProperty("errnoRet").GetInt32()));
    }

    [Fact]
    public void ToOci_Clone3UnderGvisor_IsLeftToItsKernel() =>
        Assert.Equal("SCMP_ACT_ALLOW", Assert.Single(RulesFor("clone3", IsolationClass.Strong)).GetProperty("action").GetString());

    [Fact]
    public void ToOci_Socket_OnlyTheListedFamilies()
    {
        var rules = RulesFor("socket").Select(rule => string.Join(' ', rule.GetProperty("args").EnumerateArray()
            .Select(argument => $"{argument.GetProperty("index").GetInt32()}{argument.GetProperty("op").GetString()}{argument.GetProperty("value").GetInt64()}")));
        Assert.Equal(["0SCMP_CMP_EQ1", "0SCMP_CMP_EQ10", "0SCMP_CMP_EQ16 2SCMP_CMP_EQ0", "0SCMP_CMP_EQ2"], rules.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ToOci_Twice_GivesTreesOfTheirOwn() => Assert.NotSame(SeccompProfile.ToOci(IsolationClass.Standard), SeccompProfile.ToOci(IsolationClass.Standard));

    private static List<JsonElement> RulesFor(string name, IsolationClass isolation = IsolationClass.Standard) =>
        [.. Profile(isolation).GetProperty("syscalls").EnumerateArray().Where(rule => rule.GetProperty("names").EnumerateArray().Any(entry => entry.GetString() == name))];

    private static JsonElement Profile(IsolationClass isolation) => JsonDocument.Parse(SeccompProfile.ToOci(isolation).ToJsonString()).RootElement;
}
