using System.Text.Json.Nodes;
using Sandbox.Runtime;
using Sandbox.Runtime.Oci;
using Sandbox.Runtime.Pool;
using Sandbox.Runtime.Templates;

namespace Sandbox.Bench.Baselines;

/// <summary>
/// The bundle of a sandbox with the measured program in the agent's place, as the user that code has inside, and without
/// the agent's mounts and capabilities. All else is the sandbox's own: namespaces, user ids, tmpfs, seccomp, cgroup limits.
/// </summary>
internal static class RuncBundle
{
    private const string AgentFolder = "/opt/sandbox";

    // Behind the ids that a server hands out by default, so that the two share no limits of the kernel.
    private const long FirstHostId = 2_415_919_104;

    /// <summary>The text of <c>config.json</c> for a worker.</summary>
    public static string ToJson(string root, string cgroup, int worker)
    {
        var spec = new SandboxSpec(HostTemplate.Name, IsolationClass.Standard, new PoolOptions().Limits);
        var hostId = FirstHostId + ((long)worker * IdRanges.Size);
        var sandbox = new OciBundle(spec, new TemplateFiles(root, HasOwnPrograms: false, Layer: null), AgentFolder, OciBundle.ChannelInside, cgroup, hostId, string.Empty, SwapAccounting: false);
        var bundle = JsonNode.Parse(sandbox.ToJson())!.AsObject();
        var process = bundle["process"]!.AsObject();
        process["args"] = new JsonArray([.. MeasuredProgram.Argv.Select(argument => (JsonNode)argument)]);
        process["env"] = new JsonArray("PATH=/usr/local/bin:/usr/bin:/bin");
        process["user"] = new JsonObject { ["uid"] = HostTemplate.UserId, ["gid"] = HostTemplate.UserId };
        process["cwd"] = "/workspace";
        process.Remove("capabilities");
        var mounts = bundle["mounts"]!.AsArray();
        foreach (var mount in mounts.Where(mount => (string?)mount!["destination"] is AgentFolder or OciBundle.ChannelInside).ToList())
            mounts.Remove(mount);
        return bundle.ToJsonString();
    }
}
