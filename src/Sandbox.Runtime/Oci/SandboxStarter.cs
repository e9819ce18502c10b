using System.Security.Cryptography;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Oci.Cgroups;

namespace Sandbox.Runtime.Oci;

/// <summary>Starts one sandbox: a linear sequence of named steps, undone in reverse when one of them fails.</summary>
internal sealed class SandboxStarter(HostLayout layout, IdRanges ranges, ICgroupHierarchy cgroups, TimeProvider time)
{
    private static readonly bool SwapAccounting = File.Exists(Path.Combine(CgroupHost.Root, "memory", "memory.memsw.limit_in_bytes"))
        || File.Exists(Path.Combine(CgroupHost.Root, "cgroup.controllers"));

    public async Task<SandboxHandle> Start(OciEngine engine, SandboxSpec spec, CancellationToken cancellationToken)
    {
        await using var undo = new UndoStack();
        var id = SandboxId.New();

        var hostId = ranges.Acquire() ?? throw new SandboxStartException("Every range of host user ids is in use.");
        undo.Push(() => ranges.Release(hostId));

        var box = MakeFolder(id);
        undo.Push(() => Directory.Delete(box, recursive: true));

        var channel = MakeChannelFolder(box, hostId);
        var record = new BoxRecord(engine.Name, RandomNumberGenerator.GetHexString(32, lowercase: true), hostId, spec);
        record.Write(box);

        await WriteBundle(box, channel, layout.CgroupOf(id), record, cancellationToken);

        // The engine may have got half-way when it fails: delete is harmless for what it does not know.
        undo.Push(() => Remove(engine, id, box));
        await engine.Run(id, box, cancellationToken);

        var agent = await Connect(channel, record.Token, cancellationToken);
        undo.Commit();
        return Handle(id, spec, agent);
    }

    /// <summary>Connects to the sandbox of an earlier process.</summary>
    public async Task<SandboxHandle> Attach(SandboxId id, BoxRecord record, CancellationToken cancellationToken)
    {
        var agent = await AgentClient.ConnectAsync(
            await AgentSocket.Connect(SocketPath(ChannelFolder(layout.BoxOf(id))), cancellationToken), record.Token, cancellationToken);
        return Handle(id, record.Spec, agent);
    }

    private async Task Remove(OciEngine engine, SandboxId id, string logFolder)
    {
        var cgroup = layout.CgroupOf(id);
        cgroups.Kill(cgroup);
        if (await RemoveCgroup(cgroup))
        {
            engine.Forget(id);
            return;
        }

        await engine.Delete(id, Path.Combine(logFolder, "engine.log"), CancellationToken.None);
        cgroups.Kill(cgroup);
        await RemoveCgroup(cgroup);
    }

    /// <summary>Kills and removes a sandbox with all it had: container, cgroups, folder, range of ids.</summary>
    /// <param name="engines">The engines of this host; the sandbox's own where its record still tells.</param>
    /// <param name="id">The sandbox.</param>
    public async Task Erase(IEnumerable<OciEngine> engines, SandboxId id)
    {
        var box = layout.BoxOf(id);
        var record = BoxRecord.Read(box);
        var logFolder = Directory.Exists(box) ? box : layout.InstanceRun;
        foreach (var engine in engines.Where(engine => record is null || engine.Name == record.Engine))
            await Remove(engine, id, logFolder);
        if (Directory.Exists(box))
            Directory.Delete(box, recursive: true);
        if (record is not null)
            ranges.Release(record.HostId);
    }

    // A group can be removed when the kernel has buried its last process, some milliseconds after the kill.
    private async Task<bool> RemoveCgroup(string cgroup)
    {
        for (var wait = 1; wait <= 1024; wait *= 2)
        {
            if (cgroups.Remove(cgroup))
                return true;
            await Task.Delay(TimeSpan.FromMilliseconds(wait), time);
            cgroups.Kill(cgroup);
        }

        return false;
    }

    private SandboxHandle Handle(SandboxId id, SandboxSpec spec, IAgentClient agent) => new(id, spec, agent, limits =>
        cgroups.Apply(layout.CgroupOf(id), limits with { Processes = OciBundle.CgroupProcesses(spec with { Limits = limits }) }));

    private string MakeFolder(SandboxId id)
    {
        var box = layout.BoxOf(id);
        Directory.CreateDirectory(box);
        File.SetUnixFileMode(box, (UnixFileMode)0b111_001_001);
        return box;
    }

    private static string ChannelFolder(string box) => Path.Combine(box, "channel");

    private static string SocketPath(string channel) => Path.Combine(channel, "agent.sock");

    private static string MakeChannelFolder(string box, long hostId)
    {
        var channel = ChannelFolder(box);
        Directory.CreateDirectory(channel);
        File.SetUnixFileMode(channel, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Libc.ChangeOwner(channel, (uint)hostId, (uint)hostId);
        return channel;
    }

    private async Task WriteBundle(string box, string channel, string cgroup, BoxRecord record, CancellationToken cancellationToken)
    {
        var (root, isOwn) = layout.RootOf(record.Spec.Template);
        var bundle = new OciBundle(record.Spec, root, isOwn, layout.Agent, channel, cgroup, record.HostId, record.Token, SwapAccounting);
        var path = Path.Combine(box, "config.json");
        await File.WriteAllTextAsync(path, bundle.ToJson(), cancellationToken);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    // The engine returns when the agent's program has been started; the agent listens a few milliseconds later.
    private async Task<IAgentClient> Connect(string channel, string token, CancellationToken cancellationToken)
    {
        var socket = SocketPath(channel);
        for (var wait = 1; ; wait = Math.Min(wait * 2, 50))
        {
            try
            {
                return await AgentClient.ConnectAsync(await AgentSocket.Connect(socket, cancellationToken), token, cancellationToken);
            }
            catch (AgentConnectionException) when (!cancellationToken.IsCancellationRequested)
            {
                // Not listening yet. The caller's token bounds how long this goes on.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(wait), time, cancellationToken);
        }
    }
}
