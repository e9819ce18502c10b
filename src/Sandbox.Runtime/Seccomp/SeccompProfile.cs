using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sandbox.Runtime.Seccomp;

/// <summary>
/// The allowlist of <c>allowlist.json</c> (data, with a reason for every entry) in the form of the OCI runtime
/// specification: https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp
/// </summary>
internal static class SeccompProfile
{
    private const int Eperm = 1;
    private const int Enosys = 38;
    private const long FileTypeMask = 0xF000;

    private static readonly string HostArchitecture = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => "SCMP_ARCH_X86_64",
        Architecture.Arm64 => "SCMP_ARCH_AARCH64",
        var other => throw new PlatformNotSupportedException($"There is no seccomp profile for {other}."),
    };

    private static readonly Lazy<Allowlist> Loaded = new(Load);

    /// <summary>The names that are allowed without a condition.</summary>
    public static IEnumerable<string> UnconditionalNames => Loaded.Value.Groups.SelectMany(group => group.Names);

    /// <summary>The profile as an OCI <c>linux.seccomp</c> object.</summary>
    /// <param name="isolation">The class whose engine will load it.</param>
    public static JsonObject ToOci(IsolationClass isolation)
    {
        var list = Loaded.Value;
        var rules = new JsonArray();
        foreach (var group in list.Groups)
            rules.Add(Rule(group.Names, "SCMP_ACT_ALLOW"));
        rules.Add(Rule(["clone"], "SCMP_ACT_ALLOW", Argument(0, list.CloneNamespaceFlags, "SCMP_CMP_MASKED_EQ", 0)));
        rules.Add(Clone3(isolation));
        rules.Add(Rule(["setrlimit"], "SCMP_ACT_ALLOW", Argument(0, list.FixedLimit, "SCMP_CMP_NE")));
        rules.Add(Rule(["prlimit64"], "SCMP_ACT_ALLOW", Argument(1, list.FixedLimit, "SCMP_CMP_NE")));
        // Without a new value it only reads.
        rules.Add(Rule(["prlimit64"], "SCMP_ACT_ALLOW", Argument(2, 0, "SCMP_CMP_EQ")));
        foreach (var node in list.NodeTypes)
        {
            rules.Add(Rule(["mknod"], "SCMP_ACT_ALLOW", Argument(1, FileTypeMask, "SCMP_CMP_MASKED_EQ", node.Type)));
            rules.Add(Rule(["mknodat"], "SCMP_ACT_ALLOW", Argument(2, FileTypeMask, "SCMP_CMP_MASKED_EQ", node.Type)));
        }

        foreach (var socket in list.SocketFamilies)
            rules.Add(Rule(["socket"], "SCMP_ACT_ALLOW", [.. SocketArguments(socket)]));
        return new JsonObject
        {
            ["defaultAction"] = "SCMP_ACT_ERRNO",
            ["defaultErrnoRet"] = Eperm,
            // Only the host's own: a call by the entry of another one (32-bit, x32) ends the process. Each further one is
            // surface of the kernel that nothing in a sandbox needs, and makes every start slower.
            ["architectures"] = new JsonArray(HostArchitecture),
            ["syscalls"] = rules,
        };
    }

    // gVisor's filter knows no error but EPERM, at which libraries do not fall back to clone. There its kernel decides: it
    // answers ENOSYS where it does not know the call, and where it does, what the call makes is within that kernel.
    private static JsonObject Clone3(IsolationClass isolation) =>
        isolation == IsolationClass.Strong ? Rule(["clone3"], "SCMP_ACT_ALLOW") : Errno(["clone3"], Enosys);

    private static IEnumerable<JsonObject> SocketArguments(SocketFamily socket)
    {
        yield return Argument(0, socket.Family, "SCMP_CMP_EQ");
        if (socket.Protocol is { } protocol)
            yield return Argument(2, protocol, "SCMP_CMP_EQ");
    }

    private static JsonObject Rule(IEnumerable<string> names, string action, params JsonObject[] arguments)
    {
        var rule = new JsonObject { ["names"] = new JsonArray([.. names.Select(name => (JsonNode)name)]), ["action"] = action };
        if (arguments.Length > 0)
            rule["args"] = new JsonArray([.. arguments]);
        return rule;
    }

    private static JsonObject Errno(IEnumerable<string> names, int errno)
    {
        var rule = Rule(names, "SCMP_ACT_ERRNO");
        rule["errnoRet"] = errno;
        return rule;
    }

    private static JsonObject Argument(int index, long value, string operation, long? valueTwo = null)
    {
        var argument = new JsonObject { ["index"] = index, ["value"] = value, ["op"] = operation };
        if (valueTwo is { } two)
            argument["valueTwo"] = two;
        return argument;
    }

    private static Allowlist Load()
    {
        using var stream = typeof(SeccompProfile).Assembly.GetManifestResourceStream("Sandbox.Runtime.Seccomp.allowlist.json")
            ?? throw new InvalidOperationException("The seccomp allowlist is not embedded in the assembly.");
        return JsonSerializer.Deserialize<Allowlist>(stream, JsonSerializerOptions.Web)
            ?? throw new InvalidOperationException("The seccomp allowlist is empty.");
    }

    private sealed record Allowlist(IReadOnlyList<SyscallGroup> Groups, long CloneNamespaceFlags, int FixedLimit, IReadOnlyList<NodeType> NodeTypes, IReadOnlyList<SocketFamily> SocketFamilies);

    private sealed record SyscallGroup(string Reason, IReadOnlyList<string> Names);

    private sealed record NodeType(long Type, string Reason);

    private sealed record SocketFamily(int Family, int? Protocol, string Reason);
}
