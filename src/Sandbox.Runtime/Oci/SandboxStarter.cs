using System.Security.Cryptography;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Oci.Cgroups;
using Sandbox.Runtime.Oci.Checkpoints;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Oci;

/// <summary>Starts one sandbox: a linear sequence of named steps, undone in reverse when one of them fails.</summary>
internal sealed class SandboxStarter(HostLayout layout, IdRanges ranges, NodeProcesses processes, ICgroupHierarchy cgroups, TimeProvider time)
{
    private static readonly bool SwapAccounting = File.Exists(Path.Combine(CgroupHost.Root, "memory", "memory.memsw.limit_in_bytes"))
        || File.Exists(Path.Combine(CgroupHost.Root, "cgroup.controllers"));

    /// <summary>Memory beyond its limit that a sandbox gets while it is restored, and keeps where it is that close to its limit.</summary>
    public const long RestoreHeadroom = 128L << 20;

    private const long LeastRoom = 16L << 20;
    private const int RemoveAttempts = 10;

    public Task<SandboxHandle> Start(OciEngine engine, SandboxSpec spec, CancellationToken cancellationToken) =>
        Make(engine, spec, layout.Agent, (id, record) => Run(engine, id, record, cancellationToken));

    /// <summary>Makes a sandbox that goes on where an image was taken.</summary>
    /// <param name="engine">What restores it.</param>
    /// <param name="spec">What it is.</param>
    /// <param name="agent">Folder of the agent that the image is of.</param>
    /// <param name="image">The image.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task<SandboxHandle> Restore(OciEngine engine, SandboxSpec spec, string agent, OciImage image, CancellationToken cancellationToken) =>
        Make(engine, spec, agent, (id, record) => GoOn(engine, id, record, image.Folder, cancellationToken));

    /// <summary>Lets a sandbox that was saved, and has stopped, go on under its own id.</summary>
    /// <param name="engine">What restores it.</param>
    /// <param name="id">The sandbox.</param>
    /// <param name="record">What it was.</param>
    /// <param name="image">Folder of the image.</param>
    /// <param name="cancellationToken">Ends the attempt; it can be repeated.</param>
    public async Task<SandboxHandle> Resume(OciEngine engine, SandboxId id, BoxRecord record, string image, CancellationToken cancellationToken)
    {
        var box = layout.BoxOf(id);
        await Remove(engine, id, box);
        // The image knows the old token.
        var next = record with { Token = NewToken() };
        next.Write(box);
        return await GoOn(engine, id, next, image, cancellationToken);
    }

    /// <summary>Connects to the sandbox of an earlier process.</summary>
    public async Task<SandboxHandle> Attach(SandboxId id, BoxRecord record, CancellationToken cancellationToken)
    {
        var agent = await AgentClient.ConnectAsync(await AgentSocket.Connect(layout.SocketOf(id), cancellationToken), record.Token, cancellationToken);
        return Handle(id, record, agent);
    }

    private async Task<SandboxHandle> Make(OciEngine engine, SandboxSpec spec, string agent, Func<SandboxId, BoxRecord, Task<SandboxHandle>> run)
    {
        await using var undo = new UndoStack();
        var id = SandboxId.New();

        var hostId = ranges.Acquire(id) ?? throw new SandboxStartException("Every range of host user ids is in use.");
        undo.Push(() => ranges.Release(hostId, id));

        var files = layout.FilesOf(spec.Template);
        var record = new BoxRecord(engine.Name, NewToken(), hostId, spec, files.Root, agent, files.HasOwnPrograms, processes.Own, files.Layer);
        var box = layout.BoxOf(id);
        MakeBox(id, record);
        undo.Push(() => Directory.Delete(box, recursive: true));

        // The engine may have got half-way when it fails: delete is harmless for what it does not know.
        undo.Push(() => Remove(engine, id, box));
        var handle = await run(id, record);
        undo.Commit();
        return handle;
    }

    private async Task<SandboxHandle> Run(OciEngine engine, SandboxId id, BoxRecord record, CancellationToken cancellationToken)
    {
        await WriteBundle(id, record, cancellationToken);
        await engine.Run(id, layout.BoxOf(id), cancellationToken);
        return Handle(id, record, await Connect(id, record.Token, cancellationToken));
    }

    private async Task<SandboxHandle> GoOn(OciEngine engine, SandboxId id, BoxRecord record, string image, CancellationToken cancellationToken)
    {
        // What reading the image takes is the engine's, not the code's: the code's share would make it slow, or too small for it.
        var limits = record.Spec.Limits;
        var roomy = limits with { Cpu = Math.Max(limits.Cpu, Environment.ProcessorCount), MemoryBytes = limits.MemoryBytes + RestoreHeadroom };
        await WriteBundle(id, record with { Spec = record.Spec with { Limits = roomy } }, cancellationToken);
        // The file is there before the agent goes on: its first look finds it.
        ResumeFile.Write(layout.ChannelOf(id), record.Token, record.HostId);
        await engine.Restore(id, layout.BoxOf(id), image, cancellationToken);
        var agent = await Connect(id, record.Token, cancellationToken);
        // The engine's heap keeps for minutes what it grew to. Below what is in use, no limit can be set.
        var fits = cgroups.Read(layout.CgroupOf(id))?.MemoryBytes + LeastRoom <= limits.MemoryBytes;
        Apply(id, record.Spec with { Limits = fits ? limits : limits with { MemoryBytes = roomy.MemoryBytes } });
        return Handle(id, record, agent);
    }

    private static string NewToken() => RandomNumberGenerator.GetHexString(32, lowercase: true);

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
        RemoveBox(box);
        if (record is not null)
            ranges.Release(record.HostId, id);
    }

    // Another process may be removing it at the same time: what that one takes away first is no failure.
    private static void RemoveBox(string box)
    {
        for (var attempt = 1; Directory.Exists(box); attempt++)
        {
            try
            {
                Directory.Delete(box, recursive: true);
            }
            catch (IOException) when (attempt < RemoveAttempts)
            {
                // Looked at again.
            }
        }
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

    private SandboxHandle Handle(SandboxId id, BoxRecord record, IAgentClient agent) =>
        new(id, record.Spec, agent, new AgentPorts(layout.SocketOf(id), record.Token), limits => Apply(id, record.Spec with { Limits = limits }));

    private void Apply(SandboxId id, SandboxSpec spec) =>
        cgroups.Apply(layout.CgroupOf(id), spec.Limits with { Processes = OciBundle.CgroupProcesses(spec) });

    // Its folder is there whole, with the record of who made it, or not at all: what a killed process leaves can be told from what a living one makes.
    private void MakeBox(SandboxId id, BoxRecord record)
    {
        var draft = Path.Combine(layout.Drafts, processes.Own, id.ToString());
        Directory.CreateDirectory(draft);
        File.SetUnixFileMode(draft, HostLayout.Traversable);
        MakeChannelFolder(HostLayout.ChannelIn(draft), record.HostId);
        record.Write(draft);
        Directory.Move(draft, layout.BoxOf(id));
    }

    private static void MakeChannelFolder(string channel, long hostId)
    {
        Directory.CreateDirectory(channel);
        File.SetUnixFileMode(channel, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Libc.ChangeOwner(channel, (uint)hostId, (uint)hostId);
    }

    private async Task WriteBundle(SandboxId id, BoxRecord record, CancellationToken cancellationToken)
    {
        var bundle = new OciBundle(
            record.Spec, new TemplateFiles(record.Root!, record.HasOwnPrograms, record.Layer), record.Agent!, layout.ChannelOf(id), layout.CgroupOf(id), record.HostId, record.Token, SwapAccounting);
        var path = Path.Combine(layout.BoxOf(id), "config.json");
        await File.WriteAllTextAsync(path, bundle.ToJson(), cancellationToken);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    // The engine returns when the agent's program has been started; the agent listens a few milliseconds later.
    private async Task<IAgentClient> Connect(SandboxId id, string token, CancellationToken cancellationToken)
    {
        var socket = layout.SocketOf(id);
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
