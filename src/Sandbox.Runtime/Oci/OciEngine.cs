namespace Sandbox.Runtime.Oci;

/// <summary>
/// One way to call an OCI runtime: its program with the global options that were found to work on this host.
/// </summary>
/// <param name="Name">Name for logs, metrics and the sandbox's record: <c>runc</c>, <c>crun</c>, <c>runsc</c>.</param>
/// <param name="Isolation">The class it provides.</param>
/// <param name="Command">Program and global options.</param>
internal sealed record OciEngine(string Name, IsolationClass Isolation, IReadOnlyList<string> Command)
{
    /// <summary>Creates and starts the container of a bundle, and returns when its first process runs.</summary>
    public async Task Run(SandboxId id, string bundle, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await EngineProcess.Run(
            [.. Command, "run", "--detach", "--bundle", bundle, id.ToString()], Path.Combine(bundle, "engine.log"), cancellationToken);
        if (exitCode != 0)
            throw new SandboxStartException($"{Name} could not start {id} (exit code {exitCode}): {output}");
    }

    /// <summary>Kills and forgets a container. One that the engine does not know is no error.</summary>
    public Task Delete(SandboxId id, string logFile, CancellationToken cancellationToken) =>
        EngineProcess.Run([.. Command, "delete", "--force", id.ToString()], logFile, cancellationToken);
}
