using System.Text.Json.Nodes;
using Sandbox.Runtime.Oci.Cgroups;
using Sandbox.Runtime.Seccomp;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Oci;

/// <summary>
/// The configuration of one sandbox in the terms of the OCI runtime specification; the same text for runc, crun and
/// runsc. https://github.com/opencontainers/runtime-spec/blob/main/config.md
/// </summary>
/// <param name="Spec">What the sandbox shall be.</param>
/// <param name="Files">What of its template it has mounted.</param>
/// <param name="Agent">Folder of the agent's copy.</param>
/// <param name="Channel">Folder of the agent's socket.</param>
/// <param name="CgroupPath">Its control group.</param>
/// <param name="HostId">First host id of its range.</param>
/// <param name="Token">The agent's token.</param>
/// <param name="SwapAccounting">Whether the host counts swap.</param>
internal sealed record OciBundle(
    SandboxSpec Spec, TemplateFiles Files, string Agent, string Channel, string CgroupPath, long HostId, string Token, bool SwapAccounting)
{
    /// <summary>Folder with the agent's socket, inside.</summary>
    public const string ChannelInside = "/run/sandbox";

    private const string AgentInside = "/opt/sandbox";

    // The agent becomes the user, ends the user's processes, and gives up for the code what it could ever get back
    // (the bounding set). The code itself has no capability at all.
    private static readonly string[] AgentCapabilities = ["CAP_KILL", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID"];

    // Threads of the agent, and of the user-space kernel under gVisor, that must not count against the code's limit.
    private const int AgentProcesses = 32;
    private const int SentryProcesses = 512;

    // gVisor holds the code to its own limit itself, and serves each of the code's threads with several of its own.
    private const int SentryThreadsPerProcess = 16;

    // The host has a few thousand for everybody: one sandbox must not take them all.
    private const int Terminals = 64;

    // 1 and not 0: hosts that pipe core dumps into a program start it, as the host's root, whatever the limit is, except
    // where it is exactly 1. The seccomp profile keeps it there.
    private const long NoCore = 1;

    private static readonly string[] MaskedPaths =
    [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kallsyms", "/proc/kcore", "/proc/keys", "/proc/key-users",
        "/proc/latency_stats", "/proc/modules", "/proc/sched_debug", "/proc/scsi", "/proc/slabinfo", "/proc/softirqs",
        "/proc/sysrq-trigger", "/proc/timer_list", "/proc/timer_stats", "/proc/vmallocinfo",
    ];

    private static readonly string[] ReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"];

    /// <summary>The text of <c>config.json</c>.</summary>
    public string ToJson() => new JsonObject
    {
        ["ociVersion"] = "1.0.2",
        ["root"] = new JsonObject { ["path"] = Files.Root, ["readonly"] = true },
        ["hostname"] = "sandbox",
        ["process"] = Process(),
        ["mounts"] = Mounts(),
        ["linux"] = Linux(),
    }.ToJsonString();

    /// <summary>The process limit of the cgroup: the code's and what Sandbox itself runs inside.</summary>
    public static int CgroupProcesses(SandboxSpec spec) =>
        spec.Isolation == IsolationClass.Strong
            ? (spec.Limits.Processes * SentryThreadsPerProcess) + SentryProcesses
            : spec.Limits.Processes + AgentProcesses;

    private JsonObject Process() => new()
    {
        ["terminal"] = false,
        ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
        ["args"] = Strings([.. AgentProgram(), "--socket", ChannelInside + "/agent.sock"]),
        ["env"] = Strings("SANDBOX_TOKEN=" + Token, $"SANDBOX_PROCESSES={Spec.Limits.Processes}"),
        ["cwd"] = "/",
        ["noNewPrivileges"] = true,
        ["capabilities"] = new JsonObject
        {
            ["bounding"] = Strings(AgentCapabilities),
            ["effective"] = Strings(AgentCapabilities),
            ["permitted"] = Strings(AgentCapabilities),
        },
        ["rlimits"] = new JsonArray(Rlimit("RLIMIT_CORE", NoCore), Rlimit("RLIMIT_NOFILE", 4096), Rlimit("RLIMIT_MEMLOCK", 65536)),
    };

    // Programs of another C library, or of an older one, are no place to find the agent's own in: it brings them.
    private string[] AgentProgram() => Files.HasOwnPrograms
        ? [.. AgentLibraries.Loader(AgentInside), AgentInside + "/sandbox-agent"]
        : [AgentInside + "/sandbox-agent"];

    private JsonArray Mounts() =>
    [
        Mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
        Mount("/dev", "tmpfs", "tmpfs", "nosuid", "noexec", "strictatime", "mode=755", "size=65536", "nr_inodes=1024"),
        Mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", $"max={Terminals}"),
        Mount("/dev/shm", "tmpfs", "shm", "nosuid", "nodev", "noexec", "mode=1777", "size=67108864", "nr_inodes=16384"),
        Mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
        .. Files.HasOwnPrograms ? Array.Empty<JsonNode>() : [Mount("/usr", "bind", "/usr", "rbind", "ro", "nosuid", "nodev")],
        .. Files.Layer is { } layer ? [Mount(PackageLayer.Inside, "bind", layer, "bind", "ro", "nosuid", "nodev")] : Array.Empty<JsonNode>(),
        Mount(AgentInside, "bind", Agent, "bind", "ro", "nosuid", "nodev"),
        Mount(ChannelInside, "bind", Channel, "bind", "rw", "nosuid", "nodev", "noexec"),
        Mount("/workspace", "tmpfs", "workspace", [.. WritableOptions(), "mode=0777"]),
        Mount("/tmp", "tmpfs", "tmp", [.. WritableOptions(), "mode=1777"]),
    ];

    private string[] WritableOptions() => ["nosuid", "nodev", $"size={Spec.Limits.DiskBytes}", $"nr_inodes={Inodes()}"];

    // Files are memory of the kernel: a bound on bytes alone would let millions of empty ones through.
    private long Inodes() => Math.Clamp(Spec.Limits.DiskBytes / 4096, 1024, 262144);

    private JsonObject Linux() => new()
    {
        ["namespaces"] = new JsonArray([.. new[] { "pid", "ipc", "uts", "mount", "network", "user", "cgroup" }.Select(type => (JsonNode)new JsonObject { ["type"] = type })]),
        ["uidMappings"] = new JsonArray(Mapping()),
        ["gidMappings"] = new JsonArray(Mapping()),
        ["cgroupsPath"] = CgroupPath,
        ["resources"] = Resources(),
        ["seccomp"] = SeccompProfile.ToOci(Spec.Isolation),
        ["maskedPaths"] = Strings(MaskedPaths),
        ["readonlyPaths"] = Strings(ReadonlyPaths),
    };

    private JsonObject Resources()
    {
        var memory = new JsonObject { ["limit"] = Spec.Limits.MemoryBytes };
        if (SwapAccounting)
            memory["swap"] = Spec.Limits.MemoryBytes;
        return new JsonObject
        {
            ["memory"] = memory,
            ["cpu"] = new JsonObject { ["quota"] = CgroupFile.CpuQuota(Spec.Limits.Cpu), ["period"] = CgroupFile.CpuPeriodMicroseconds },
            ["pids"] = new JsonObject { ["limit"] = CgroupProcesses(Spec) },
            ["devices"] = new JsonArray(new JsonObject { ["allow"] = false, ["access"] = "rwm" }),
        };
    }

    private JsonObject Mapping() => new() { ["containerID"] = 0, ["hostID"] = HostId, ["size"] = IdRanges.Size };

    private static JsonObject Rlimit(string type, long value) => new() { ["type"] = type, ["soft"] = value, ["hard"] = value };

    private static JsonObject Mount(string destination, string type, string source, params string[] options) =>
        new() { ["destination"] = destination, ["type"] = type, ["source"] = source, ["options"] = Strings(options) };

    private static JsonArray Strings(params string[] values) => new([.. values.Select(value => (JsonNode)value)]);
}
