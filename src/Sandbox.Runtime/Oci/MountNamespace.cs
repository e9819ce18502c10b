namespace Sandbox.Runtime.Oci;

/// <summary>A mount namespace that outlives the process that made it, held by a file.</summary>
internal static class MountNamespace
{
    /// <summary>Makes a namespace like the host's, but without one mount point; a later mount on the host shows in it too.</summary>
    /// <param name="file">What holds it.</param>
    /// <param name="without">The mount point.</param>
    /// <param name="inUse">Whether another process may be using one that is there: then that one is good.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task Make(string file, string without, bool inUse, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(file)!;
        if (inUse && IsMounted(file))
            return;
        await Release(file);
        Directory.CreateDirectory(folder);
        var log = Path.Combine(folder, "log");
        // The kernel lets a namespace be held only below a mount that is not shared.
        await Execute(["mount", "--bind", folder, folder], log, cancellationToken);
        await Execute(["mount", "--make-private", folder], log, cancellationToken);
        await File.WriteAllTextAsync(file, string.Empty, cancellationToken);
        await Execute(["unshare", "--mount=" + file, "--propagation=slave", "umount", without], log, cancellationToken);
    }

    /// <summary>Lets go of a namespace; one that is not there is no error.</summary>
    public static async Task Release(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        if (!Directory.Exists(folder))
            return;
        var log = Path.Combine(Path.GetDirectoryName(folder)!, "release.log");
        for (var attempt = 0; attempt < 8 && IsMounted(folder); attempt++)
            await EngineProcess.Run(["sh", "-c", "umount \"$1\" 2>/dev/null; umount \"$2\"", "sh", file, folder], log, CancellationToken.None);
        Directory.Delete(folder, recursive: true);
    }

    private static bool IsMounted(string folder) =>
        File.ReadLines("/proc/self/mountinfo").Any(line => line.Split(' ')[4].StartsWith(folder, StringComparison.Ordinal));

    private static async Task Execute(IReadOnlyList<string> argv, string log, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await EngineProcess.Run(argv, log, cancellationToken);
        if (exitCode != 0)
            throw new SandboxStartException($"{argv[0]} failed with exit code {exitCode}: {output}");
    }
}
