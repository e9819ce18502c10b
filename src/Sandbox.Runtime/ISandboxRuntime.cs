namespace Sandbox.Runtime;

/// <summary>Creates, finds again, limits and destroys the sandboxes of one node.</summary>
public interface ISandboxRuntime
{
    /// <summary>The isolation classes that were found to work on this host.</summary>
    IReadOnlySet<IsolationClass> Available { get; }

    /// <summary>Names of the templates of this node.</summary>
    IReadOnlyCollection<string> Templates { get; }

    /// <summary>Isolation classes whose sandboxes can be saved with their memory.</summary>
    IReadOnlySet<IsolationClass> WithMemory { get; }

    /// <summary>Finds out what the host can do, and prepares it. Called once, before anything else.</summary>
    Task Initialize(CancellationToken cancellationToken);

    /// <summary>Makes a sandbox and connects to its agent. Nothing of it remains when this fails.</summary>
    /// <exception cref="SandboxStartException">It could not be made.</exception>
    Task<SandboxHandle> Create(SandboxSpec spec, CancellationToken cancellationToken);

    /// <summary>
    /// Finds a sandbox that an earlier process made, and connects to its agent; null when it is gone or its agent does
    /// not answer.
    /// </summary>
    Task<SandboxHandle?> Find(SandboxId id, CancellationToken cancellationToken);

    /// <summary>Kills and removes a sandbox with all it had on this host. Not finding it is no error.</summary>
    Task Destroy(SandboxId id, CancellationToken cancellationToken);

    /// <summary>Stops every process of a sandbox, the agent included, or lets them go on. Memory is kept; a frozen sandbox answers nothing.</summary>
    /// <exception cref="IOException">The host did not do it.</exception>
    Task Freeze(SandboxId id, bool frozen, CancellationToken cancellationToken);

    /// <summary>
    /// Saves a sandbox with its memory and files. It goes on afterwards, or, with <paramref name="stop"/>, is left stopped, to be destroyed.
    /// Connections to it break: attach anew.
    /// </summary>
    /// <remarks>
    /// Completes when the image is whole; that it goes on is waited for by <see cref="Find"/>. A frozen sandbox must be let go
    /// first. As long as the image is not disposed of, finding a stopped one lets it go on: nothing is lost when the image
    /// cannot be stored, or when the server is killed meanwhile. What it has used counts anew.
    /// </remarks>
    /// <exception cref="SandboxImageException">It could not be saved; it goes on as before where it still can.</exception>
    Task<SandboxImage> Checkpoint(SandboxId id, bool stop, CancellationToken cancellationToken);

    /// <summary>Takes an image in from where it was stored.</summary>
    /// <exception cref="SandboxImageException">It is damaged, larger than allowed, or there is no room for it.</exception>
    Task<SandboxImage> ReceiveImage(Stream content, long maxBytes, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a sandbox, with an id of its own, that goes on where the image was taken. An image may be restored again and again, also side by side.
    /// The disk and process limits are the image's.
    /// </summary>
    /// <exception cref="SandboxStartException">It could not be made.</exception>
    Task<SandboxHandle> Restore(SandboxSpec spec, SandboxImage image, CancellationToken cancellationToken);

    /// <summary>
    /// What a sandbox has used, also when it is dead but not destroyed; null when nothing of it is left.
    /// </summary>
    SandboxUsage? ReadUsage(SandboxId id);

    /// <summary>Every sandbox of this node of which anything is left, but not those that another living process has made.</summary>
    IReadOnlyCollection<SandboxId> ListOwn();

    /// <summary>
    /// Destroys every sandbox of this node that is not in <paramref name="claimed"/>, and every left-over of one:
    /// containers, cgroups, mounts, folders. Those that another living process has made are that one's to remove. Answers
    /// with how many were removed.
    /// </summary>
    Task<int> Sweep(IReadOnlySet<SandboxId> claimed, CancellationToken cancellationToken);

    /// <summary>Destroys, likewise, those alone that a process has made which has ended.</summary>
    Task<int> SweepOrphans(IReadOnlySet<SandboxId> claimed, CancellationToken cancellationToken);
}
