using Microsoft.Extensions.Options;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>The part of the runtime that keeps sandboxes with their memory: saving, receiving, restoring, and what is left of it.</summary>
internal sealed class Memories(
    IOptions<RuntimeOptions> options, HostLayout layout, SandboxStarter starter, Checkpointer checkpointer, Resumption resumption, ImageStore store, ImageReceiver receiver, MemoryProbe probe)
{
    private const string NotHere = "Sandboxes cannot be saved with their memory on this host.";

    private MemoryEngine? _engine;

    public IReadOnlySet<IsolationClass> Classes => _engine is null ? new HashSet<IsolationClass>() : new HashSet<IsolationClass> { _engine.Engine.Isolation };

    public async Task Initialize(OciEngine? strong, CancellationToken cancellationToken) =>
        _engine = strong is null ? null : await probe.Find(strong, cancellationToken);

    public async Task<SandboxImage> Checkpoint(SandboxId id, bool stop, CancellationToken cancellationToken) =>
        await checkpointer.Checkpoint(_engine ?? throw new SandboxImageException(NotHere), id, stop, cancellationToken);

    public async Task<SandboxImage> Receive(Stream content, long maxBytes, CancellationToken cancellationToken) =>
        _engine is null ? throw new SandboxImageException(NotHere) : await receiver.Receive(content, maxBytes, cancellationToken);

    public async Task<SandboxHandle> Restore(SandboxSpec spec, SandboxImage image, CancellationToken cancellationToken)
    {
        var engine = _engine ?? throw new SandboxStartException(NotHere);
        if (image is not OciImage { Header: var header } known)
            throw new SandboxStartException("The image is not one of this node.");
        var agent = AgentFor(engine, spec, header);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ImageTimeout.Of(options.Value, image.Length));
        try
        {
            var limits = spec.Limits with { DiskBytes = header.DiskBytes, Processes = header.Processes };
            return await starter.Restore(engine.Engine, spec with { Limits = limits }, agent, known, timeout.Token);
        }
        catch (Exception e) when (e is not SandboxStartException && !cancellationToken.IsCancellationRequested)
        {
            throw new SandboxStartException("The image could not be restored.", e);
        }
    }

    /// <summary>Finds a sandbox that was being saved; null when it was not.</summary>
    public async Task<SandboxHandle?> Recover(SandboxId id, BoxRecord record, CancellationToken cancellationToken) =>
        _engine is { } engine && PendingResume.Read(layout.BoxOf(id)) is { } pending
            ? await resumption.Recover(engine.Engine, id, record, pending, cancellationToken)
            : null;

    public void Forget(SandboxId id) => resumption.Forget(id);

    /// <summary>Removes the images that no sandbox could go on from.</summary>
    public void Sweep(IEnumerable<SandboxId> sandboxes) => store.Sweep(WantedBy(sandboxes));

    /// <summary>Completes when every sandbox that was saved goes on, or could not.</summary>
    public Task Settled() => resumption.Settled();

    /// <summary>Leaves nothing on the host but the images that a sandbox could go on from.</summary>
    public Task Close(IEnumerable<SandboxId> sandboxes) => store.Close(WantedBy(sandboxes));

    // What is mounted must be what the image was taken with: its processes have those files open, at places that they remember.
    private string AgentFor(MemoryEngine engine, SandboxSpec spec, ImageHeader header)
    {
        if (spec.Isolation != engine.Engine.Isolation)
            throw new SandboxStartException($"A sandbox of isolation class {spec.Isolation} cannot be restored.");
        if (header.Engine != engine.Version)
            throw new SandboxStartException($"The image was taken by another release of {engine.Engine.Name}.");
        var files = layout.FilesOf(spec.Template);
        if (header.Root != layout.NameOf(files.Root) || header.Layer != layout.NameOf(files.Layer))
            throw new SandboxStartException($"The image was taken with other content of template {spec.Template}, or with another template.");
        if (header.UsedBytes > spec.Limits.MemoryBytes)
            throw new SandboxStartException($"The image needs at least {header.UsedBytes} bytes of memory; {spec.Limits.MemoryBytes} are allowed.");
        return layout.AgentNamed(header.Agent) ?? throw new SandboxStartException("The image was taken with another release of the agent.");
    }

    private HashSet<string> WantedBy(IEnumerable<SandboxId> sandboxes) =>
        [.. sandboxes.Select(id => PendingResume.Read(layout.BoxOf(id))?.Image).OfType<string>()];
}
