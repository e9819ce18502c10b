namespace Sandbox.Runtime;

/// <summary>Creates, finds again, limits and destroys the sandboxes of one node.</summary>
public interface ISandboxRuntime
{
    /// <summary>The isolation classes that were found to work on this host.</summary>
    IReadOnlySet<IsolationClass> Available { get; }

    /// <summary>Names of the templates of this node.</summary>
    IReadOnlyCollection<string> Templates { get; }

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
    /// What a sandbox has used, also when it is dead but not destroyed; null when nothing of it is left.
    /// </summary>
    SandboxUsage? ReadUsage(SandboxId id);

    /// <summary>Every sandbox of this node of which anything is left.</summary>
    IReadOnlyCollection<SandboxId> List();

    /// <summary>
    /// Destroys every sandbox of this node that is not in <paramref name="claimed"/>, and every left-over of one:
    /// containers, cgroups, mounts, folders. Answers with how many were removed.
    /// </summary>
    Task<int> Sweep(IReadOnlySet<SandboxId> claimed, CancellationToken cancellationToken);
}
