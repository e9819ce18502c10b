using System.Runtime.InteropServices;

namespace Sandbox.Runtime;

/// <summary>The few system calls that the framework does not offer.</summary>
internal static partial class Libc
{
    public const int SigKill = 9;

    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;

    /// <summary>Sends a signal; a process that is gone is no error.</summary>
    public static void Kill(int pid, int signal) => _ = KillCore(pid, signal);

    /// <summary>Removes an empty folder and nothing else; false when that failed.</summary>
    public static bool RemoveDirectory(string path) => RmdirCore(path) == 0;

    /// <summary>Whether there is anything at a path; a link at its end is not followed.</summary>
    public static bool Exists(string path) => FaccessatCore(CurrentFolder, path, 0, NoFollow) == 0;

    /// <summary>Changes the owner of a path without following a link at its end.</summary>
    public static void ChangeOwner(string path, uint uid, uint gid)
    {
        if (LchownCore(path, uid, gid) != 0)
            throw new IOException($"Changing the owner of {path} failed (error {Marshal.GetLastPInvokeError()}).");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillCore(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RmdirCore(string path);

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FaccessatCore(int folder, string path, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LchownCore(string path, uint uid, uint gid);
}
