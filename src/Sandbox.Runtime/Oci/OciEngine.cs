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
    /// Forgets a container whose processes and control groups are gone. Nothing else is left of it then but what the engine
    /// keeps about it, in a folder (runc, crun) or files (runsc) that carry its id: removing those costs a hundredth of
    /// starting the engine for it.
    /// </summary>
    public void Forget(SandboxId id)
    {
        if (!Directory.Exists(State))
            return;
        foreach (var folder in Directory.EnumerateDirectories(State, id.ToString()))
            Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.EnumerateFiles(State, $"*{id}*"))
            File.Delete(file);
    }

    /// <summary>Creates and starts the container of a bundle, and returns when its first process runs.</summary>
    public async Task Run(SandboxId id, string bundle, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await EngineProcess.Run(
            [.. Command, "run", "--detach", "--bundle", bundle, id.ToString()], Path.Combine(bundle, "engine.log"), cancellationToken, Namespace);
        if (exitCode != 0)
            throw new SandboxStartException($"{Name} could not start {id} (exit code {exitCode}): {output}");
    }

    /// <summary>Writes a container's memory and files to a folder, and ends it.</summary>
    /// <exception cref="SandboxImageException">It was not written; what that did to the container has to be looked at.</exception>
    public async Task Checkpoint(SandboxId id, string image, string logFile, CancellationToken cancellationToken)
    {
        var (exitCode, _) = await EngineProcess.Run([.. Command, "checkpoint", "--image-path", image, id.ToString()], logFile, cancellationToken, Namespace);
        if (exitCode != 0)
            throw new SandboxImageException($"{Name} could not save {id} (exit code {exitCode}): {Reason(logFile)}");
    }

    /// <summary>Makes a container of a bundle that goes on where an image was written, and returns when it runs.</summary>
    public async Task Restore(SandboxId id, string bundle, string image, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await EngineProcess.Run(
            [.. Command, "restore", "--detach", "--bundle", bundle, "--image-path", image, id.ToString()], Path.Combine(bundle, "engine.log"), cancellationToken, Namespace);
        if (exitCode != 0)
            throw new SandboxStartException($"{Name} could not restore {id} (exit code {exitCode}): {output}");
    }

    /// <summary>Kills and forgets a container. One that the engine does not know is no error.</summary>
    public Task Delete(SandboxId id, string logFile, CancellationToken cancellationToken) =>
        EngineProcess.Run([.. Command, "delete", "--force", id.ToString()], logFile, cancellationToken, Namespace);

    // What follows on the first line may show what the code inside had in memory.
    private static string Reason(string logFile)
    {
        const int longest = 300;
        var line = File.Exists(logFile) ? File.ReadLines(logFile).FirstOrDefault() ?? string.Empty : string.Empty;
        return line.Length > longest ? line[..longest] : line;
    }
}
