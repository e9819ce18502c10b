namespace Sandbox.Runtime.Oci;

/// <summary>
/// One way to call an OCI runtime: its program with the global options that were found to work on this host.
/// </summary>
/// <param name="Name">Name for logs, metrics and the sandbox's record: <c>runc</c>, <c>crun</c>, <c>runsc</c>.</param>
/// <param name="Isolation">The class it provides.</param>
/// <param name="Command">Program and global options.</param>
/// <param name="State">Folder below which it keeps what it knows about containers.</param>
/// <param name="Namespace">File that holds the mount namespace that it runs in; null for the host's.</param>
internal sealed record OciEngine(string Name, IsolationClass Isolation, IReadOnlyList<string> Command, string State, string? Namespace = null)
{
    /// <summary>
    /// Whether a container is nothing but its processes, its control groups and a folder of state: true for runc and crun,
    /// which leave no process of their own beside it. Such a container is forgotten by removing the folder, which costs a
    /// hundredth of starting the engine for it.
    /// </summary>
    private bool KeepsFolderOnly => Isolation == IsolationClass.Standard;

    /// <summary>Forgets a container whose processes and control groups are gone; false when that takes the engine.</summary>
    public bool TryForget(SandboxId id)
    {
        if (!KeepsFolderOnly)
            return false;
        var folder = Path.Combine(State, id.ToString());
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return true;
    }

    /// <summary>Creates and starts the container of a bundle, and returns when its first process runs.</summary>
    public async Task Run(SandboxId id, string bundle, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await EngineProcess.Run(
            [.. Command, "run", "--detach", "--bundle", bundle, id.ToString()], Path.Combine(bundle, "engine.log"), cancellationToken, Namespace);
        if (exitCode != 0)
            throw new SandboxStartException($"{Name} could not start {id} (exit code {exitCode}): {output}");
    }

    /// <summary>Kills and forgets a container. One that the engine does not know is no error.</summary>
    public Task Delete(SandboxId id, string logFile, CancellationToken cancellationToken) =>
        EngineProcess.Run([.. Command, "delete", "--force", id.ToString()], logFile, cancellationToken, Namespace);
}
