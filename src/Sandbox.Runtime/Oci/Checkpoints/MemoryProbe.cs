using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>
/// Finds out whether an engine saves and restores sandboxes on this host, by doing it once. That it does is remembered until the
/// engine's program, the kernel or the agent is another one; that it does not is tried again at the next start.
/// </summary>
internal sealed partial class MemoryProbe(HostLayout layout, SandboxStarter starter, Checkpointer checkpointer, ImageStore store, ILogger<MemoryProbe> logger)
{
    private static readonly SandboxLimits ProbeLimits = new(1, 128 << 20, 16 << 20, 64);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The engine with its version; null when it cannot do it here.</summary>
    public async Task<MemoryEngine?> Find(OciEngine engine, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ProbeTimeout);
        try
        {
            await store.Prepare(timeout.Token);
            var key = KeyOf(engine);
            if (Known.Read(layout.MemoryProbe) is { } known && known.Key == key)
                return new MemoryEngine(engine, known.Version);
            var found = new MemoryEngine(engine, await VersionOf(engine, timeout.Token));
            await Try(found, timeout.Token);
            BoxRecord.Replace(layout.MemoryProbe, JsonSerializer.SerializeToUtf8Bytes(new Known(key, found.Version)));
            LogWorks(engine.Name);
            return found;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFails(engine.Name, e);
            return null;
        }
    }

    private async Task Try(MemoryEngine memory, CancellationToken cancellationToken)
    {
        var spec = new SandboxSpec(HostTemplate.Name, memory.Engine.Isolation, ProbeLimits);
        await using var undo = new UndoStack();
        var first = await Hold(memory, await starter.Start(memory.Engine, spec, cancellationToken), undo);
        await using var image = await checkpointer.Checkpoint(memory, first, stop: true, cancellationToken);
        await Hold(memory, await starter.Restore(memory.Engine, spec, layout.Agent, image, cancellationToken), undo);
    }

    private async Task<SandboxId> Hold(MemoryEngine memory, SandboxHandle handle, UndoStack undo)
    {
        undo.Push(() => starter.Erase([memory.Engine], handle.Id));
        await handle.DisposeAsync();
        return handle.Id;
    }

    // All that the answer depends on, as far as it can be told without reading the program.
    private string KeyOf(OciEngine engine)
    {
        var program = ProgramOf(engine);
        var flags = engine.Command.Where(part => part != engine.State);
        return string.Join('|', program.FullName, program.Length, program.LastWriteTimeUtc.Ticks, string.Join(' ', flags), Environment.OSVersion.Version, Path.GetFileName(layout.Agent));
    }

    private async Task<string> VersionOf(OciEngine engine, CancellationToken cancellationToken)
    {
        var said = Path.Combine(layout.InstanceRun, engine.Name + ".version");
        var (exitCode, output) = await EngineProcess.Run([engine.Command[0], "--version"], said, cancellationToken);
        if (exitCode != 0)
            throw new SandboxStartException($"{engine.Name} does not tell its version: {output}");
        return File.ReadLines(said).FirstOrDefault() ?? throw new SandboxStartException($"{engine.Name} does not tell its version.");
    }

    private static FileInfo ProgramOf(OciEngine engine) =>
        new(EngineProbe.Which(engine.Command[0]) ?? throw new SandboxStartException($"{engine.Name} is not installed."));

    private sealed record Known(string Key, string Version)
    {
        public static Known? Read(string path)
        {
            try
            {
                return File.Exists(path) ? JsonSerializer.Deserialize<Known>(File.ReadAllBytes(path)) : null;
            }
            catch (Exception e) when (e is IOException or JsonException)
            {
                return null;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Engine} saves and restores sandboxes with their memory")]
    private partial void LogWorks(string engine);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Engine} cannot save sandboxes with their memory on this host")]
    private partial void LogFails(string engine, Exception exception);
}
