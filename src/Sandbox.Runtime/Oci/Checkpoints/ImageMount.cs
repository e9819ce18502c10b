using System.Globalization;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>
/// The file system that images lie in: memory of the host with a size of its own, so that images fill neither a disk nor what
/// others use, and never written to a swap device.
/// </summary>
internal static class ImageMount
{
    /// <summary>Mounts it, or changes the size of one that an earlier process has mounted; what is in it stays.</summary>
    /// <exception cref="SandboxStartException">This host cannot do that.</exception>
    public static async Task Make(string folder, long bytes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var options = string.Create(CultureInfo.InvariantCulture, $"size={bytes},mode=0700,nosuid,nodev,noexec");
        if (IsMounted(folder))
            await Mount(folder, "remount," + options, cancellationToken);
        else if (!await TryMount(folder, options + ",noswap", cancellationToken))
            await MountWithoutSwap(folder, options, cancellationToken);
    }

    /// <summary>Unmounts and removes it, with all that is in it; that it is not there is no error.</summary>
    public static async Task Release(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        for (var attempt = 0; attempt < 8 && IsMounted(folder); attempt++)
            await EngineProcess.Run(["umount", folder], LogOf(folder), CancellationToken.None);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Whether what is written to a folder stays in memory.</summary>
    public static bool IsInMemory(string folder) => Directory.Exists(folder) && new DriveInfo(folder).DriveFormat == "tmpfs";

    // Kernels before 6.4 do not know the option; without swap there is nothing that it could forbid.
    private static async Task MountWithoutSwap(string folder, string options, CancellationToken cancellationToken)
    {
        if (File.ReadLines("/proc/swaps").Skip(1).Any())
            throw new SandboxStartException("This kernel cannot keep images of memory out of the swap device (noswap, from 6.4 on).");
        await Mount(folder, options, cancellationToken);
    }

    private static async Task<bool> TryMount(string folder, string options, CancellationToken cancellationToken) =>
        (await Run(folder, options, cancellationToken)).ExitCode == 0;

    private static async Task Mount(string folder, string options, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await Run(folder, options, cancellationToken);
        if (exitCode != 0)
            throw new SandboxStartException($"The memory for images could not be mounted: {output}");
    }

    private static Task<(int ExitCode, string Output)> Run(string folder, string options, CancellationToken cancellationToken) =>
        EngineProcess.Run(["mount", "-t", "tmpfs", "-o", options, "sandbox-images", folder], LogOf(folder), cancellationToken);

    private static string LogOf(string folder) => folder + ".log";

    private static bool IsMounted(string folder) =>
        File.ReadLines("/proc/self/mountinfo").Any(line => line.Split(' ')[4] == folder);
}
